/** A server with its embedded database is killed again and again, and keeps what it has acknowledged. */
import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { findPort } from '../api/test/ports.ts';
import { createDataFolder, launch } from '../api/test/process.ts';
import { seeded } from '../api/test/random.ts';
import { readBackwards, readCursor, readForwards, send } from '../api/test/said.ts';
import { check, tally } from './checker.ts';
import { asOwner, settle, startReaders } from './readers.ts';
import { furnish } from './room.ts';
import { readLog } from './testimony.ts';
import { startWriters } from './writers.ts';

const KILLS = 8;
const WRITERS = 8;
/** A kill comes after up to so many messages since the last start. */
const MOST_BETWEEN = 150;
/** Of so many kills one takes the database with it, and one comes before the server is ready. */
const EVERY = 4;
const SEED = 20_261_121;
const TIMEOUT_MS = 240_000;

test(
  `after ${KILLS} kills every acknowledged message is there once, and readers saw each, in order`,
  { timeout: TIMEOUT_MS },
  async () => {
    await using data = await createDataFolder();
    const port = await findPort();
    const settings = { DATA_DIR: data.path, PORT: String(port), RATE_LIMITS: 'off' };
    let server = launch({ settings });
    const url = await server.url;
    const room = await furnish(url, WRITERS);
    const owner = asOwner(room, url);
    const after = await readCursor(owner);
    using readers = startReaders({ ...room, count: 4, url: () => url, after });
    using writing = startWriters({ ...room, url: () => url });

    const random = seeded(SEED);
    for (let kill = 1; kill <= KILLS; kill++) {
      await writing.counted(writing.acknowledged.size + random.below(MOST_BETWEEN));
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
    await writing.finish();

    const said = await readForwards(owner);
    expect(await settle(readers, said.at(-1)!.seq)).toEqual([]);
    const connection = { host: `${data.path}/postgres`, user: 'parley', database: 'parley' };
    const client = new pg.Client(connection);
    await client.connect();
    const log = await readLog(async (text) => (await client.query(text)).rows);
    await client.end();
    const { acknowledged } = writing;
    const backwards = await readBackwards(owner);
    const verdict = check({ said, backwards, log, acknowledged, readers });
    console.log(`crash: ${KILLS} kills, ${writing.retries} retries, ${tally(verdict)}`);
    expect(verdict.violations).toEqual([]);
    expect(writing.refusals).toEqual([]);

    const tokens = new Map(room.members.map(({ name, token }) => [name, token]));
    for (const [key, first] of acknowledged) {
      const token = tokens.get(key.split('.')[0]!)!;
      expect(await send({ ...owner, token }, first.body, key)).toEqual(first);
    }
    expect(await readForwards(owner)).toHaveLength(said.length);

    server.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    await expect.poll(data.databaseProcesses).toEqual([]);
    expect(data.postmaster()).toBeNull();
    expect((await readdir(data.path)).sort()).toEqual(['postgres', 'postgres.log', 'uploads']);

    const next = launch({ settings });
    expect(await next.url).toBe(url);
    expect(await readForwards(owner)).toEqual(said);
    next.kill('SIGTERM');
    expect(await next.ended).toMatchObject({ code: 0, stderr: '' });
  },
);
