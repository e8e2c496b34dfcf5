import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../scripts/documented.ts';
import { MessageAddedDocument, RoomEventsDocument } from './src/generated/operations.ts';

test.each([
  ['messages', MessageAddedDocument],
  ['events', RoomEventsDocument],
])('who follows %s is answered together with all others who do', (_name, document) => {
  const { stdout } = spawnSync(process.execPath, [join(root, 'scripts/sharing.ts'), '-'], {
    input: document.toString(),
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/\nOne execution answers all\.\n$/);
});
