import { readFileSync } from 'node:fs';
import { buildSchema, isAbstractType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { EMBEDDED, POSSIBLE_TYPES } from './cache.ts';

const schema = buildSchema(
  readFileSync(new URL('../../../../schema.graphql', import.meta.url), 'utf8'),
);
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

test('whatever has no identity in the schema is embedded in the cache, and nothing else', () => {
  const roots = ['Query', 'Mutation', 'Subscription'];
  const withoutIdentity = types
    .filter(isObjectType)
    .filter((type) => !type.getFields().id)
    .map(({ name }) => name)
    .filter((name) => !roots.includes(name) && !name.endsWith('Payload'));
  expect([...EMBEDDED].sort()).toEqual(withoutIdentity.sort());
});

test('the cache knows the members of every union and interface as the schema does', () => {
  const members = types.filter(isAbstractType).map((type) => [
    type.name,
    schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort(),
  ]);
  expect(POSSIBLE_TYPES).toEqual(Object.fromEntries(members));
});
