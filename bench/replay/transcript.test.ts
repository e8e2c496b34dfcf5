import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTranscript } from './transcript.ts';

const record = (fields: object) =>
  JSON.stringify({ log: 'a', at: '2004-12-25T09:14:00Z', nick: 'ann', ...fields });
const SOURCE = [
  record({ kind: 'join' }),
  record({ kind: 'message', text: 'שלום 👋' }),
  '',
  record({ kind: 'message', text: ' two ' }),
  record({ kind: 'leave' }),
  '',
].join('\n');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcript-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test('a plain and a compressed transcript give the same lines, numbered as in the file', async () => {
  const plain = await readTranscript(await file('a.jsonl', SOURCE), null);
  const compressed = await readTranscript(await file('a.jsonl.gz', gzipSync(SOURCE)), null);
  expect(compressed).toEqual(plain);
  expect(plain.map(({ number, kind, text }) => [number, kind, text])).toEqual([
    [1, 'join', ''],
    [2, 'message', 'שלום 👋'],
    [4, 'message', ' two '],
    [5, 'leave', ''],
  ]);
});

test('a part of a transcript ends with its last message, and what follows is not looked at', async () => {
  const path = await file('b.jsonl', `${SOURCE}nonsense\n`);
  expect((await readTranscript(path, 1)).map(({ number }) => number)).toEqual([1, 2]);
  expect((await readTranscript(path, 2)).map(({ number }) => number)).toEqual([1, 2, 4]);
});

test.each([
  ['no JSON', 'nonsense', 'line 2: this is no JSON.'],
  ['another kind', record({ kind: 'shout', text: '' }), 'line 2: kind is not'],
  ['no text', record({ kind: 'message' }), 'line 2: text is not'],
  ['no time', record({ kind: 'join', at: 'yesterday' }), 'line 2: at is not'],
  ['no nick', record({ kind: 'join', nick: '' }), 'line 2: nick is not'],
  ['no object', '7', 'line 2: it is not'],
])('a line with %s is named by its number', async (_, line, message) => {
  const path = await file('c.jsonl', `${record({ kind: 'join' })}\n${line}\n`);
  await expect(readTranscript(path, null)).rejects.toThrow(message);
});

test('a file that is missing, not compressed as it says, or empty is refused in one line', async () => {
  await expect(readTranscript(join(folder, 'none.jsonl'), null)).rejects.toThrow(/cannot be read/);
  await expect(readTranscript(await file('d.gz', SOURCE), null)).rejects.toThrow(/cannot be read/);
  const cut = gzipSync(SOURCE).subarray(0, -12);
  await expect(readTranscript(await file('e.gz', cut), null)).rejects.toThrow(/cannot be read/);
  await expect(readTranscript(await file('f.jsonl', '\n'), null)).rejects.toThrow(/no lines/);
});
