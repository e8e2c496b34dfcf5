/**
 * The database is put back to an older point while the server runs: its data folder is exchanged for
 * a copy, and numbers are taken again at once by those who keep on writing.
 */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../api/postgres/embedded.ts';
import { run } from '../api/test/client.ts';
import { createDataFolder, launch } from '../api/test/process.ts';
import { isWorthRetrying, readForwards, type Said, send } from '../api/test/said.ts';
import type { Line } from '../api/test/watch.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { type Screen, showOverEvents, showOverSocket } from './screen.ts';

const RESTORES = { quick: 2, full: 20 };
/** Of each kind of screen. */
const SCREENS = { quick: 2, full: 10 };
/** On a machine that has much else to do. */
const PATIENCE_MS = 30_000;
const POLL_MS = 10;

export const restoredDatabase: Fault = {
  number: 12,
  name: 'the database is restored to an older point',
  async run({ scale, random }: Trial): Promise<Outcome> {
    await using database = await startDatabase();
    const server = launch({ settings: { DATABASE_URL: database.url, RATE_LIMITS: 'off' } });
    const screens: Screen[] = [];
    const violations: string[] = [];
    const count = { told: 0, lost: 0, again: 0 };
    try {
      const url = await server.url;
      const rooms = await furnish(url);
      for (const room of rooms) {
        const personal = { ...room, more: 'room { viewerMembership { role } }' };
        for (let number = 0; number < SCREENS[scale]; number++) {
          screens.push(showOverSocket(room), showOverSocket(personal), showOverEvents(room));
        }
      }

      for (let restore = 1; restore <= RESTORES[scale]; restore++) {
        const say = (what: string, least: number) =>
          Promise.all(
            rooms.map(async (room) => {
              const times = least + random.below(10);
              for (let n = 0; n < times; n++) await sendAtLast(room, `${restore} ${what} ${n}`);
              return times;
            }),
          );
        await say('kept', 1);
        await settle(screens, rooms);
        await database.backUp();
        const [lost] = await say('lost', 1);
        count.lost += lost!;
        if (!(await settle(screens, rooms))) violations.push(`${restore}: not shown before it`);
        const away = screens.filter(() => random.below(4) === 0);
        for (const screen of away) screen.leave();
        const told = screens.map(({ resyncs }) => resyncs);

        const restored = database.restore();
        // Fewer than were lost, as many, or more.
        const [again] = await say('again', 0);
        await restored;
        count.again += again!;
        if (random.below(2) === 0) await say('later', 1);
        for (const screen of away) screen.comeBack();
        const areTold = () => screens.every(({ resyncs }, index) => resyncs > told[index]!);
        if (!(await until(areTold))) {
          const silent = screens.filter(({ resyncs }, index) => resyncs === told[index]);
          violations.push(`${restore}: ${silent.length} of ${screens.length} were not told`);
        }
        count.told += screens.filter(({ resyncs }, index) => resyncs > told[index]!).length;
        if (!(await settle(screens, rooms)))
          violations.push(`${restore}: not all show what is there`);
      }
      for (const { wrong } of screens) violations.push(...new Set(wrong));
    } finally {
      for (const screen of screens) screen.close();
      server.kill('SIGTERM');
      await server.ended;
    }
    return {
      figures:
        `${RESTORES[scale]} restores under ${screens.length} screens, ${count.lost} messages lost ` +
        `and ${count.again} numbers taken again in the first room, ${count.told} of ` +
        `${RESTORES[scale] * screens.length} told, ${violations.length} wrong`,
      violations,
    };

    /** Whether all screens come to show what is in their room. */
    async function settle(all: Screen[], rooms: Said[]): Promise<boolean> {
      const perRoom = all.length / rooms.length;
      const said = await Promise.all(rooms.map(readForwards));
      return until(() =>
        all.every(({ lines }, index) => isSame(lines, said[Math.floor(index / perRoom)]!)),
      );
    }
  },
};

const isSame = (shown: Line[], said: Line[]) =>
  shown.length === said.length &&
  shown.every(({ id, seq, body }, index) => {
    const line = said[index]!;
    return id === line.id && seq === line.seq && body === line.body;
  });

async function until(isMet: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + PATIENCE_MS; !isMet(); await sleep(POLL_MS)) {
    if (Date.now() > deadline) return false;
  }
  return true;
}

/** Until it is acknowledged, also across a database that is away. */
async function sendAtLast(room: Said, body: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(POLL_MS)) {
    try {
      await send(room, body, `${room.roomId} ${body}`);
      return;
    } catch (error) {
      if (!isWorthRetrying(error) || Date.now() > deadline) throw error;
    }
  }
}

/** Two rooms and their owner. */
async function furnish(url: string): Promise<Said[]> {
  const input = { username: 'ann', password: 'correct horse battery', session: 'TOKEN' };
  const { register } = await run(
    url,
    'mutation ($input: RegisterInput!) { register(input: $input) { token } }',
    { input },
  );
  const rooms: Said[] = [];
  for (const slug of ['garden', 'kitchen']) {
    const { createRoom } = await run(
      url,
      'mutation ($slug: String!) { createRoom(input: { slug: $slug }) { room { id } } }',
      { slug },
      register.token,
    );
    rooms.push({ url, token: register.token, roomId: createRoom.room.id });
  }
  return rooms;
}

/** A PostgreSQL whose data folder can be copied, and exchanged for the copy. */
async function startDatabase() {
  const data = await createDataFolder();
  const folder = join(data.path, 'postgres');
  const copy = join(data.path, 'copy');
  let postgres = await startPostgres(data.path);
  const { host, user, database } = postgres.connection;
  /** As `pg_ctl stop -m immediate` does. */
  const stop = async () => {
    process.kill(data.postmaster()!, 'SIGQUIT');
    while (data.databaseProcesses().length > 0) await sleep(POLL_MS);
    await postgres.close();
  };
  const exchange = (from: string, to: string) =>
    rm(to, { recursive: true, force: true }).then(() => cp(from, to, { recursive: true }));
  return {
    url: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`,
    async backUp() {
      await stop();
      await exchange(folder, copy);
      postgres = await startPostgres(data.path);
    },
    async restore() {
      await stop();
      await exchange(copy, folder);
      postgres = await startPostgres(data.path);
    },
    async [Symbol.asyncDispose]() {
      await postgres.close();
      await data[Symbol.asyncDispose]();
    },
  };
}
