/** How many messages can be written durably: Parley against one statement for each. */
import { join } from 'node:path';
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

export interface SendOptions {
  rounds: number;
  durationMs: number;
}

interface Compared {
  title: string;
  inserts: Sends[];
  parley: Sends[];
}

/** Both write into the same database, by turns; nobody listens. */
export async function compareSends({ rounds, durationMs }: SendOptions): Promise<string> {
  const parley = await startParley();
  try {
    const inserting = await startInserting(join(parley.dataDir, 'postgres'));
    try {
      const compared: Compared[] = [];
      for (const { title, rooms, inFlight } of LOADS) {
        const inserts: Sends[] = [];
        const parleys: Sends[] = [];
        const insertRooms = await inserting.openRooms(rooms, 'alone');
        const parleyRooms = await parley.openRooms(rooms, 'alone');
        for (let round = -1; round < rounds; round++) {
          const ms = round < 0 ? Math.min(PRACTICE_MS, durationMs) : durationMs;
          const insert = await sendFor(ms, inserting, insertRooms, inFlight);
          const send = await sendFor(ms, parley, parleyRooms, inFlight);
          if (round < 0) continue;
          inserts.push(insert);
          parleys.push(send);
        }
        compared.push({ title, inserts, parley: parleys });
      }
      return describe(compared);
    } finally {
      await inserting.close();
    }
  } finally {
    await parley.close();
  }
}

/** @param folder that of the database's socket */
async function startInserting(folder: string): Promise<Running> {
  const database = { PGHOST: folder, PGUSER: 'parley', PGDATABASE: 'parley' };
  const process = await startServer(['bench/baselines/insert.ts'], database);
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
  const row = (title: string, runs: Sends[], inserts: Sends[]) => {
    const latencies = runs.flatMap(({ latenciesMs }) => latenciesMs);
    return [
      title,
      figure(median(runs.map(perSecond))),
      figure(median(runs.map((run, round) => perSecond(run) / perSecond(inserts[round]!)))),
      figure(median(runs.map(({ cpuSeconds, sends }) => (cpuSeconds / sends) * 1000))),
      ...[0.5, 0.95, 0.99].map((share) => figure(percentile(latencies, share))),
    ];
  };
  const rows = compared.flatMap(({ title, inserts, parley }) => [
    row(`one statement each, ${title}`, inserts, inserts),
    row(`Parley, ${title}`, parley, inserts),
  ]);
  const header = [
    'durable sends over one WebSocket',
    'sends/s',
    '×',
    'CPU ms',
    'p50 ms',
    'p95 ms',
    'p99 ms',
  ];
  return `
${table([header, ...rows])}

CPU ms         of the server's process for one send, PostgreSQL's not included`;
}
