// Plain JavaScript that any Node can read: what it checks is whether this Node can read the rest.
import { build } from './build.js';
import { requireNode } from './node-version.js';

requireNode();
try {
  await build();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
await import('../api/main.ts');
