/** A server that is killed again and again keeps what it has acknowledged. */
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { run } from './client.ts';
import { findPort } from './ports.ts';
import { createDataFolder, launch } from './process.ts';
import { seeded } from './random.ts';
import {
  compare,
  isWorthRetrying,
  NOTHING_WRONG,
  readBackwards,
  readCursor,
  readForwards,
  send,
} from './said.ts';
import { type Line, watchSocket } from './watch.ts';

const KILLS = 20;
const WRITERS = 8;
/** A kill comes after up to so many messages since the last start. */
const MOST_BETWEEN_KILLS = 150;
/** Of so many kills one takes the database with it, and one comes before the server is ready. */
const EVERY = 4;
const SEED = 20_261_121;
const TIMEOUT_MS = 240_000;

test(
  `after ${KILLS} kills every acknowledged message is there once, and a reader saw each, in order`,
  { timeout: TIMEOUT_MS },
  async () => {
    await using data = await createDataFolder();
    const settings = {
      DATA_DIR: data.path,
      PORT: String(await findPort()),
      RATE_LIMITS: 'off',
    };
    let server = launch({ settings });
    const url = await server.url;
    const { tokens, roomId } = await furnish(url);
    const room = { url, token: tokens[0]!, roomId };
    const reader = watchSocket({ ...room, after: await readCursor(room) });

    const acknowledged = new Map<string, Line>();
    let retries = 0;
    let isOver = false;
    const write = async (token: string, writer: number) => {
      for (let number = 0; !isOver; number++) {
        const key = `${writer}.${number}`;
        // Once more until it is answered, also when all is over: what was begun is finished.
        while (!acknowledged.has(key)) {
          try {
            acknowledged.set(key, await send({ ...room, token }, `line ${key}`, key));
            hear();
          } catch (error) {
            if (!isWorthRetrying(error)) throw error;
            retries++;
            await server.url.catch(() => {});
          }
        }
      }
    };
    let hear = () => {};
    const acknowledgedInAll = (count: number) =>
      new Promise<void>((resolve) => {
        hear = () => {
          if (acknowledged.size >= count) resolve();
        };
        hear();
      });

    const writers = tokens.map(write);
    const random = seeded(SEED);
    for (let kill = 1; kill <= KILLS; kill++) {
      await acknowledgedInAll(acknowledged.size + random.below(MOST_BETWEEN_KILLS));
      server.kill('SIGKILL');
      if (kill % EVERY === 0) process.kill(data.postmaster()!, 'SIGKILL');
      await server.ended;
      server = launch({ settings });
      if (kill % EVERY === 1) {
        server.kill('SIGKILL');
        await server.ended;
        server = launch({ settings });
      }
      await server.url;
    }
    isOver = true;
    await Promise.all(writers);

    const said = await readForwards(room);
    await reader.reached(said.at(-1)!.seq);
    reader.close();
    const wrong = compare(reader.lines, said);
    const missing = [...acknowledged.values()].filter(({ id }) => !said.some((m) => m.id === id));
    console.log(
      `crash: ${KILLS} kills, ${acknowledged.size} messages acknowledged, ${retries} retries, ` +
        `${missing.length} missing, ${said.length - acknowledged.size} too many; the reader: ` +
        `${wrong.lost} lost, ${wrong.double} double, ${wrong.outOfOrder} out of order`,
    );
    expect(missing).toEqual([]);
    expect(said.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(
      [...acknowledged.keys()].sort(),
    );
    expect(said.map(({ seq }) => seq)).toEqual(said.map((_, index) => said[0]!.seq + index));
    expect(await readBackwards(room)).toEqual(said);
    expect(wrong).toEqual(NOTHING_WRONG);
    expect(reader.lines).toEqual(said);

    for (const [key, first] of acknowledged) {
      const token = tokens[Number.parseInt(key)]!;
      expect(await send({ ...room, token }, first.body, key)).toEqual(first);
    }
    expect(await readForwards(room)).toHaveLength(said.length);

    server.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    await expect.poll(data.databaseProcesses).toEqual([]);
    expect(data.postmaster()).toBeNull();
    expect((await readdir(data.path)).sort()).toEqual(['postgres', 'postgres.log']);

    const next = launch({ settings });
    expect(await next.url).toBe(url);
    expect(await readForwards(room)).toEqual(said);
    next.kill('SIGTERM');
    expect(await next.ended).toMatchObject({ code: 0, stderr: '' });
  },
);

/** Accounts and a room, made as a client makes them. */
async function furnish(url: string) {
  const tokens: string[] = [];
  for (let writer = 0; writer < WRITERS; writer++) {
    const input = { username: `writer-${writer}`, password: 'correct horse', session: 'TOKEN' };
    const { register } = await run(
      url,
      'mutation ($input: RegisterInput!) { register(input: $input) { token } }',
      { input },
    );
    tokens.push(register.token);
  }
  const { createRoom } = await run(
    url,
    'mutation { createRoom(input: { slug: "garden" }) { room { id } } }',
    {},
    tokens[0],
  );
  const roomId: string = createRoom.room.id;
  for (const token of tokens.slice(1)) {
    await run(
      url,
      'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }',
      { roomId },
      token,
    );
  }
  return { tokens, roomId };
}
