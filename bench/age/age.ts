/** Whether a room that has been talked in for years costs more than a young one: to send, and to read. */
import { join } from 'node:path';
import pg from 'pg';
import { run } from '../../api/test/client.ts';
import { startParley } from '../harness/contestants.ts';
import { median, percentile } from '../harness/statistics.ts';
import { figure, table } from '../harness/table.ts';
import { type Sends, sendFor } from '../send/sender.ts';

export interface AgeOptions {
  rounds: number;
  durationMs: number;
  /** Messages of each room, the youngest first. */
  ages: number[];
}

const IN_FLIGHT = 16;
const PAGES = 200;

interface Measured {
  sends: Sends[];
  lastPageMs: number[];
  middlePageMs: number[];
}

/** The rooms take turns on one server. */
export async function compareAges({ rounds, durationMs, ages }: AgeOptions): Promise<string> {
  const parley = await startParley();
  try {
    const rooms = await parley.openRooms(ages.length, 'alone');
    await fill(
      join(parley.dataDir, 'postgres'),
      parley.process.url,
      parley.publisher!,
      rooms,
      ages,
    );
    const measured: Measured[] = ages.map(() => ({
      sends: [],
      lastPageMs: [],
      middlePageMs: [],
    }));
    // The first round is practice.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, room] of rooms.entries()) {
        const { sends, lastPageMs, middlePageMs } = measured[index]!;
        const sent = await sendFor(durationMs, parley, [room], IN_FLIGHT);
        const page = (cursor: string | null) =>
          readPages(parley.process.url, parley.publisher!, room, cursor);
        const last = await page(null);
        const middle = await page(await middleOf(parley.process.url, parley.publisher!, room));
        if (round === 0) continue;
        sends.push(sent);
        lastPageMs.push(...last);
        middlePageMs.push(...middle);
      }
    }
    return describe(ages, measured);
  } finally {
    await parley.close();
  }
}

/** Writes the past of the rooms straight into the database: sending it would take an hour. */
async function fill(
  host: string,
  url: string,
  token: string,
  rooms: string[],
  ages: number[],
): Promise<void> {
  const database = new pg.Client({ host, user: 'parley', database: 'parley' });
  await database.connect();
  try {
    for (const [index, room] of rooms.entries()) {
      const { node } = await run(url, SLUG, { id: room }, token);
      const values = [node.slug, ages[index]];
      await database.query(PAST_EVENTS, values);
      await database.query(PAST_MESSAGES, values);
      await database.query('UPDATE room SET last_seq = last_seq + $2 WHERE slug = $1', values);
      await database.query(COLLECTED, values.slice(0, 1));
    }
    // As the server's own housekeeping does sooner or later.
    await database.query('VACUUM ANALYZE');
  } finally {
    await database.end();
  }
}

const SLUG = 'query ($id: ID!) { node(id: $id) { ... on Room { slug } } }';
const PAST_EVENTS = `
  INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
  SELECT room.id, last_seq + n, 'MESSAGE_POSTED', user_id, now(), last_seq + n
  FROM room JOIN membership ON room_id = room.id, generate_series(1, $2::int) n
  WHERE slug = $1`;
const PAST_MESSAGES = `
  INSERT INTO message (room_id, seq, author_id, body, idempotency_key, created_at)
  SELECT room.id, last_seq + n, user_id, 'What was said as number ' || n, gen_random_uuid(), now()
  FROM room JOIN membership ON room_id = room.id, generate_series(1, $2::int) n
  WHERE slug = $1`;
/** Its words have long been collected to be searched, which is not to be done while sends are measured. */
const COLLECTED = `
  INSERT INTO search_position (room_id, seq) SELECT id, last_seq FROM room WHERE slug = $1
  ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq`;

/** The cursor in the middle of a room's log. */
async function middleOf(url: string, token: string, id: string): Promise<string> {
  const { node } = await run(url, CURSOR, { id }, token);
  const [epoch, seq] = (node.cursor as string).split('.') as [string, string];
  return `${epoch}.${Math.floor(Number(seq) / 2)}`;
}

const CURSOR = 'query ($id: ID!) { node(id: $id) { ... on Room { cursor } } }';

/** How long each of many pages before a cursor took, one after the other. */
async function readPages(url: string, token: string, id: string, before: string | null) {
  const ms: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    const start = performance.now();
    await run(url, PAGE, { id, before }, token);
    ms.push(performance.now() - start);
  }
  return ms;
}

const PAGE = `query ($id: ID!, $before: String) {
  node(id: $id) {
    ... on Room {
      messages(last: 50, before: $before) {
        edges { cursor node { id seq body createdAt author { id username displayName } } }
      }
    }
  }
}`;

function describe(ages: number[], measured: Measured[]): string {
  const figures = measured.map(({ sends, lastPageMs, middlePageMs }) => [
    median(sends.map(({ cpuSeconds, sends: count }) => (cpuSeconds / count) * 1000)),
    median(sends.map(({ sends: count, seconds }) => count / seconds)),
    percentile(
      sends.flatMap(({ latenciesMs }) => latenciesMs),
      0.5,
    ),
    percentile(lastPageMs, 0.5),
    percentile(middlePageMs, 0.5),
  ]);
  const row = (title: string, values: number[]) => [title, ...values.map(figure)];
  const oldest = figures.at(-1)!;
  const rows = [
    ...figures.map((values, index) => row(`${ages[index]!.toLocaleString('en')} messages`, values)),
    row(
      'ratio',
      oldest.map((value, index) => value / figures[0]![index]!),
    ),
  ];
  const header = ['a room of', 'send CPU ms', 'sends/s', 'send p50 ms', 'last page', 'middle page'];
  return `
${table([header, ...rows])}

send           with ${IN_FLIGHT} in flight over one WebSocket
page           of 50 messages with their authors, in ms, one after the other`;
}
