/** Prints which fields of an operation are answered once for all who ask it. `npm run sharing -- FILE` */
import { readFileSync } from 'node:fs';
import { GraphQLError, parse, validate } from 'graphql';
import { schema } from '../api/schema.ts';
import { describeSharing } from '../api/sharing.ts';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('Name a file with an operation, or - for standard input: npm run sharing -- FILE');
  process.exit(1);
}
try {
  const document = parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  const [error] = validate(schema, document);
  if (error) throw error;
  const fields = describeSharing(schema, document);
  for (const { path, field, shared } of fields) {
    console.log(`${shared ? 'shared    ' : 'per viewer'}  ${path}  (${field})`);
  }
  const all = fields.every(({ shared }) => shared);
  console.log(all ? 'One execution answers all.' : 'Each viewer is answered for themselves.');
} catch (error) {
  const isOurs =
    error instanceof GraphQLError || (error as NodeJS.ErrnoException).code === 'ENOENT';
  if (!isOurs) throw error;
  console.error((error as Error).message);
  process.exitCode = 1;
}
