/** How many messages can be written durably: Parley against one statement for each. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Running, startParley } from '../harness/contestants.ts';
import { graphqlProtocol } from '../harness/protocols.ts';
import { startServer } from '../harness/server-process.ts';
import { median, percentile } from '../harness/statistics.ts';
import { figure, table } from '../harness/table.ts';
import { type Sends, sendFor } from './sender.ts';

const LOADS = [
  { title: 'one room, 16 in flight', rooms: 1, inFlight: 16 },
  { title: 'one room, 128 in flight', rooms: 1, inFlight: 128 },
  { title: '100 rooms, 128 in flight', rooms: 100, inFlight: 128 },
];
const PRACTICE_MS = 1_000;
const COLLECTED_CHECK_MS = 100;

export interface SendOptions {
  rounds: number;
  durationMs: number;
}

interface Compared {
  title: string;
  inserts: Sends[];
  parley: Collected[];
}

/** How long after the last send searches could find all that was sent. */
type Collected = Sends & { collectedAfterSeconds: number };

/**
 * Both write into the same database, by turns; nobody listens. What Parley does later for searching it does before the other one's
 * turn comes.
 */
export async function compareSends({ rounds, durationMs }: SendOptions): Promise<string> {
  const parley = await startParley();
  const database = { host: join(parley.dataDir, 'postgres'), user: 'parley', database: 'parley' };
  const client = new pg.Client(database);
  try {
    await client.connect();
    const inserting = await startInserting(database);
    try {
      const compared: Compared[] = [];
      for (const { title, rooms, inFlight } of LOADS) {
        const inserts: Sends[] = [];
        const parleys: Collected[] = [];
        const insertRooms = await inserting.openRooms(rooms, 'alone');
        const parleyRooms = await parley.openRooms(rooms, 'alone');
        for (let round = -1; round < rounds; round++) {
          const ms = round < 0 ? Math.min(PRACTICE_MS, durationMs) : durationMs;
          const insert = await sendFor(ms, inserting, insertRooms, inFlight);
          const send = await sendFor(ms, parley, parleyRooms, inFlight);
          const collectedAfterSeconds = await collected(client);
          if (round < 0) continue;
          inserts.push(insert);
          parleys.push({ ...send, collectedAfterSeconds });
        }
        compared.push({ title, inserts, parley: parleys });
      }
      return describe(compared);
    } finally {
      await inserting.close();
    }
  } finally {
    await client.end();
    await parley.close();
  }
}

/** Resolves once searches find all that was said, to the seconds that this has taken. */
async function collected(client: pg.Client): Promise<number> {
  const start = performance.now();
  const isBehind = async () => {
    const { rowCount } = await client.query(`
      SELECT FROM room LEFT JOIN search_position ON room_id = id WHERE last_seq > coalesce(seq, 0) LIMIT 1`);
    return rowCount! > 0;
  };
  while (await isBehind()) await sleep(COLLECTED_CHECK_MS);
  return (performance.now() - start) / 1000;
}

async function startInserting(database: {
  host: string;
  user: string;
  database: string;
}): Promise<Running> {
  const process = await startServer(['bench/baselines/insert.ts'], {
    ...{ PGHOST: database.host, PGUSER: database.user, PGDATABASE: database.database },
  });
  let rooms = 0;
  return {
    process,
    protocol: graphqlProtocol,
    openRooms: async (count) => Array.from({ length: count }, () => `room-${rooms++}`),
    publisher: null,
    subscriber: () => null,
    close: () => process.close(),
  };
}

function describe(compared: Compared[]): string {
  const perSecond = ({ sends, seconds }: Sends) => sends / seconds;
  const row = (title: string, runs: Sends[], inserts: Sends[], collected = '–') => {
    const latencies = runs.flatMap(({ latenciesMs }) => latenciesMs);
    return [
      title,
      figure(median(runs.map(perSecond))),
      figure(median(runs.map((run, round) => perSecond(run) / perSecond(inserts[round]!)))),
      figure(median(runs.map(({ cpuSeconds, sends }) => (cpuSeconds / sends) * 1000))),
      ...[0.5, 0.95, 0.99].map((share) => figure(percentile(latencies, share))),
      collected,
    ];
  };
  const rows = compared.flatMap(({ title, inserts, parley }) => [
    row(`one statement each, ${title}`, inserts, inserts),
    row(
      `Parley, ${title}`,
      parley,
      inserts,
      figure(median(parley.map(({ collectedAfterSeconds }) => collectedAfterSeconds))),
    ),
  ]);
  const header = [
    'durable sends over one WebSocket',
    'sends/s',
    '×',
    'CPU ms',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'found s',
  ];
  return `
${table([header, ...rows])}

CPU ms         of the server's process for one send, PostgreSQL's not included
found s        after the last send, until searches find all that was sent; nothing else is measured meanwhile`;
}
