/**
 * A file is on the disk and never in memory, whatever its size. `UPLOAD_MIB=1024` for a long run; real
 * processes, since what is measured is theirs alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { bearer, run } from '../test/client.ts';
import { createDatabase } from '../test/harness.ts';
import { createDataFolder, launch } from '../test/process.ts';

const MEBIBYTE = 1024 * 1024;
const SIZE_MIB = Number(process.env['UPLOAD_MIB'] ?? 96);
const MOST_GROWTH_MIB = 50;
/** What Node has read of a file for others lies about until the collector thinks of it. */
const MOST_GROWTH_READING_MIB = 100;

/** Mebibytes of a process now, and at its peak since the last `forget`. */
async function memoryOf(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

const forgetPeak = (pid: number) => writeFile(`/proc/${pid}/clear_refs`, '5');

test.skipIf(process.platform !== 'linux')(
  `${SIZE_MIB} MiB that come do not make the server larger by ${MOST_GROWTH_MIB} MiB, nor by much when they go`,
  { timeout: 300_000 },
  async () => {
    await using folder = await createDataFolder();
    const server = launch({
      settings: {
        ...{ DATABASE_URL: await createDatabase(), DATA_DIR: folder.path },
        ...{ MAX_UPLOAD_BYTES: String(SIZE_MIB * MEBIBYTE), RATE_LIMITS: 'off' },
        // As npm start and the container have it.
        NODE_OPTIONS: '--max-semi-space-size=8',
      },
    });
    try {
      const url = await server.url;
      const pid = server.child.pid!;
      const account = { username: 'ann', password: 'correct horse battery', session: 'TOKEN' };
      const register = 'mutation ($input: RegisterInput!) { register(input: $input) { token } }';
      const { token } = (await run(url, register, { input: account }))['register'];
      const create = `mutation ($input: CreateRoomInput!) {
        createRoom(input: $input) { room { id } }
      }`;
      const room = { slug: 'garden', name: 'Garden' };
      const roomId = (await run(url, create, { input: room }, token))['createRoom'].room.id;
      const put = (size: number) =>
        send(`${url}/upload?room=${roomId}&name=large.bin`, token, size);
      await get(url + (await put(MEBIBYTE)).file.url, token);

      await forgetPeak(pid);
      const before = await memoryOf(pid);
      const { file, hash } = await put(SIZE_MIB * MEBIBYTE);
      const up = await memoryOf(pid);
      expect(await get(url + file.url, token)).toBe(hash);
      const down = await memoryOf(pid);
      console.log(
        `RSS ${before.now.toFixed()} MiB, at most ${up.peak.toFixed()} MiB while ${SIZE_MIB} MiB ` +
          `came, ${down.peak.toFixed()} MiB while they went`,
      );
      expect(up.peak - before.now).toBeLessThan(MOST_GROWTH_MIB);
      expect(down.peak - before.now).toBeLessThan(MOST_GROWTH_READING_MIB);
    } finally {
      server.kill('SIGTERM');
      await server.ended;
    }
  },
);

/** Sends so many random bytes, in chunks, without saying how many. */
async function send(address: string, token: string, size: number) {
  const hash = createHash('sha256');
  const block = randomBytes(MEBIBYTE);
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < size; sent += block.length) {
        block.writeUInt32BE(sent / block.length);
        hash.update(block);
        yield Buffer.from(block);
      }
    })(),
  );
  const answered = Promise.withResolvers<string>();
  const outgoing = request(address, { method: 'POST', headers: bearer(token) }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    response.on('end', () => answered.resolve(text));
  });
  outgoing.on('error', answered.reject);
  await pipeline(body, outgoing);
  const { file } = JSON.parse(await answered.promise).data;
  expect(file.size).toBe(size);
  return { file, hash: hash.digest('hex') };
}

/** The SHA-256 of what is fetched. */
async function get(address: string, token: string): Promise<string> {
  const hash = createHash('sha256');
  const response = await fetch(address, { headers: bearer(token) });
  for await (const chunk of response.body!) hash.update(chunk);
  return hash.digest('hex');
}
