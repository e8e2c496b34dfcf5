/** A disk that is really full: a small one, which only root may make. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ask, bearer } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { kept, picture, upload, uploaded } from '../test/uploads.ts';

const SIZE = 4 * 1024 * 1024;
const call = promisify(execFile);

/** A disk of SIZE bytes; null where none can be mounted. */
async function mountSmallDisk() {
  const path = await mkdtemp(join(tmpdir(), 'parley-disk-'));
  try {
    await call('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', path]);
  } catch {
    await rm(path, { recursive: true });
    return null;
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      await call('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}

test('a disk that is full refuses, keeps what it has, and takes again once there is room', async ({
  skip,
}) => {
  await using disk = await mountSmallDisk();
  if (!disk) return skip('no disk can be mounted here');
  await using server = await startApp({ DATA_DIR: disk.path, UPLOAD_RESERVE_BYTES: '0' });
  const { ann, roomId } = await people(server.app);
  const first = await uploaded(server.url, ann.token, { roomId, body: randomBytes(1_000_000) });
  const filler = join(disk.path, 'filler');
  await writeFile(filler, Buffer.alloc(SIZE - 1_000_000 - 300_000));
  // Its length is not told, so that it is the disk that says so.
  const unmeasured = () =>
    new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 1_000_000; sent += 50_000)
          controller.enqueue(randomBytes(50_000));
        controller.close();
      },
    });
  for (const [name, body] of [
    ['large.bin', unmeasured()],
    ['large.bin', randomBytes(1_000_000)],
    // It fits, and what is made of it does not.
    ['wide.png', await picture(9_000, 5_000)],
  ] as const) {
    const refused = await upload(server.url, ann.token, { roomId, name, body });
    expect(refused).toMatchObject({
      status: 507,
      errors: [{ extensions: { code: 'STORAGE_FULL' } }],
    });
    await expect.poll(() => kept(server.app)).toHaveLength(1);
  }
  // Talking goes on.
  const say = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }';
  const input = { roomId, body: 'Full', idempotencyKey: 'full', attachmentIds: [first.id] };
  expect((await ask(server.url, say, { input }, bearer(ann.token))).errors).toBeUndefined();
  const whole = await fetch(server.url + first.url, { headers: bearer(ann.token) });
  expect((await whole.arrayBuffer()).byteLength).toBe(1_000_000);
  await rm(filler);
  expect((await upload(server.url, ann.token, { roomId, body: unmeasured() })).status).toBe(201);
});
