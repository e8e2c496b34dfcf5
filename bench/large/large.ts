/** How long it takes to read and to search in a large past, and whether its size is felt. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connect, run } from '../../api/test/client.ts';
import { startParley } from '../harness/contestants.ts';
import { percentile } from '../harness/statistics.ts';
import { figure, table } from '../harness/table.ts';
import { joinPast, MIDDLING_RANK, RARE_RANK, seedPast, word } from './seed.ts';

export interface LargeOptions {
  /** Messages of the two pasts that are compared, the small one first; a thousand to a room. */
  pasts: number[];
  /** How often each thing is done. */
  repetitions: number;
}

const PER_ROOM = 1_000;
const PEOPLE = 200;
/** What is not counted: caches fill, and plans are made. */
const PRACTICE = 20;
/** Rooms of the member whose inbox is opened; where there are fewer in all, it is not compared. */
const INBOX_SIZE = 200;
const INBOX_MEMBER = 'subscriber1';

interface Server extends Awaited<ReturnType<typeof startParley>> {
  /** The inbox member's WebSocket. */
  socket: ReturnType<typeof connect>;
}

/** What is done, with variables, or over the inbox member's socket where there are none. */
type Reading = [title: string, document: string, variables: object | null];

/** Each thing that is done, and how long it took each time. */
type Measured = Map<string, number[]>;

/** Both servers run, and take turns. */
export async function measureLarge({ pasts, repetitions }: LargeOptions): Promise<string> {
  const servers: Server[] = [];
  try {
    const measured: Measured[] = [];
    const epochs: string[] = [];
    for (const messages of pasts) {
      const started = await startParley();
      const socket = connect(started.process.url, started.subscriber(0)!);
      const parley = { ...started, socket };
      servers.push(parley);
      await fill(parley, messages);
      const { room } = await run(parley.process.url, CURSOR, {}, parley.publisher!);
      epochs.push((room.cursor as string).split('.')[0]!);
      measured.push(new Map());
    }
    for (let turn = -PRACTICE; turn < repetitions; turn++) {
      for (const [index, parley] of servers.entries()) {
        for (const [title, query, variables] of readings(
          pasts[index]! / PER_ROOM,
          Math.abs(turn),
          epochs[index]!,
        )) {
          const start = performance.now();
          const data = await read(parley, query, variables);
          const ms = performance.now() - start;
          check(title, data);
          if (turn >= 0) measured[index]!.set(title, [...(measured[index]!.get(title) ?? []), ms]);
        }
      }
    }
    return describe(pasts, measured);
  } finally {
    for (const { socket, close } of servers) {
      await socket.dispose();
      await close();
    }
  }
}

async function read(
  { process, publisher, socket }: Server,
  query: string,
  variables: Reading[2],
): Promise<Record<string, unknown>> {
  if (variables) return run(process.url, query, variables, publisher!);
  // The first value of a subscription, which is ended then: the next one opens the inbox anew.
  for await (const { data, errors } of socket.iterate({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }
  throw new Error('The subscription ended before its first value.');
}

async function fill({ dataDir }: { dataDir: string }, messages: number): Promise<void> {
  const host = join(dataDir, 'postgres');
  const database = new pg.Client({ host, user: 'parley', database: 'parley' });
  await database.connect();
  try {
    await seedPast(database, { rooms: messages / PER_ROOM, messages, people: PEOPLE }, 'publisher');
    await joinPast(database, INBOX_MEMBER, INBOX_SIZE);
    await keepStatistics(database);
  } finally {
    await database.end();
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** What the statistics are asked for. */
const STATISTICS_DAYS = 90;

/** Has the server count what is over, as it does every five minutes. */
async function keepStatistics(database: pg.ClientBase): Promise<void> {
  await database.query(
    `DELETE FROM statistic; SELECT graphile_worker.add_job('keep-statistics', job_key := 'keep-statistics')`,
  );
  const isKept = async () =>
    (await database.query(`SELECT FROM statistic WHERE interval = 'WEEK' LIMIT 1`)).rowCount === 1;
  while (!(await isKept())) await sleep(100);
}

/** Other rooms and words each turn, of the same frequency. */
function readings(rooms: number, turn: number, epoch: string): Reading[] {
  const slug = `past-${(turn * 7) % rooms}`;
  const search = (title: string, query: string): Reading => [`search: ${title}`, SEARCH, { query }];
  const common = word(1 + (turn % 10));
  const middling = word(MIDDLING_RANK + turn);
  const rare = word(RARE_RANK - turn);
  return [
    ['open a room', OPEN, { slug }],
    ['page back', PAGE, { slug, before: `${epoch}.${PER_ROOM / 2 + (turn % (PER_ROOM / 4))}` }],
    ...['HOUR', 'DAY', 'WEEK'].map((interval): Reading => {
      const since = new Date(Date.now() - STATISTICS_DAYS * DAY_MS);
      return [
        `statistics of ${STATISTICS_DAYS} days, by ${interval}`,
        STATISTICS,
        { since, interval },
      ];
    }),
    ...(rooms >= INBOX_SIZE ? [[`inbox of ${INBOX_SIZE}`, INBOX, null] satisfies Reading] : []),
    search('a common word', common),
    search('a middling word', middling),
    search('a rare word', rare),
    search('three words', `${common} ${middling} ${word(20 + turn)}`),
    search('a part of words', rare.slice(1, 5)),
    search('a phrase', `"${word(1)} ${word(2 + (turn % 5))}"`),
    search('from:', `from:past-${turn % PEOPLE} ${middling}`),
    search('in:', `in:${slug} ${middling}`),
    search('from: in: before:', `from:past-${turn % PEOPLE} in:${slug} before:2100-01-01`),
    search('before:, a common word', `before:${day(rooms, turn)} ${common}`),
    search('after:, a rare word', `after:${day(rooms, turn)} ${rare}`),
    search('has:link', `has:link ${middling}`),
    search('has:image', 'has:image'),
    search('has:file, a common word', `has:file ${common}`),
    search('is:pinned', 'is:pinned'),
    search('mentions:me', 'mentions:me'),
    search('mentions:me, a middling word', `mentions:me ${middling}`),
    search('without a common word', `${middling} -${common}`),
  ];
}

/** Some day of the past, such as 2026-11-21; a message was sent in each minute. */
function day(rooms: number, turn: number): string {
  const minutes = ((turn % 9) + 1) * rooms * (PER_ROOM / 10);
  return new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 10);
}

function check(title: string, data: Record<string, unknown>): void {
  if (Object.values(data).some((value) => value === null)) throw new Error(`${title}: nothing`);
}

const MESSAGES =
  'edges { cursor node { id seq body createdAt author { id username displayName } } }';
const OPEN = `query ($slug: String!) {
  room(slug: $slug) {
    id slug name topic memberCount cursor viewerMembership { role }
    messages(last: 50) { ${MESSAGES} pageInfo { hasPreviousPage } }
  }
}`;
/** From somewhere in the middle of the room's history. */
const PAGE = `query ($slug: String!, $before: String!) {
  room(slug: $slug) { messages(last: 50, before: $before) { ${MESSAGES} } }
}`;
const CURSOR = '{ room(slug: "past-1") { cursor } }';
/** As the web app asks for it. */
const INBOX = `subscription {
  inbox { ... on InboxOpened { state {
    rooms {
      room { id slug name visibility } unreadCount mentionCount readCursor notificationLevel mutedUntil
      lastMessage { id seq body author { id displayName } }
    }
    drafts { roomId threadId body updatedAt }
  } } }
}`;
const STATISTICS = `query ($since: DateTime!, $interval: StatisticsInterval!) {
  administration { statistics(since: $since, interval: $interval) { points {
    at users newUsers activeUsers messages newMessages storageBytes connections deliveries sendMs rssBytes
  } } }
}`;
const SEARCH = `query ($query: String!) {
  searchMessages(query: $query) {
    edges { node { id body createdAt author { displayName } room { slug name } } excerpt { text isMatch } }
    pageInfo { hasNextPage endCursor }
  }
}`;

function describe(pasts: number[], measured: Measured[]): string {
  const count = (messages: number) => messages.toLocaleString('en');
  const large = measured.at(-1)!;
  const rows = [...large].map(([title, ms]) => [
    title,
    ...[0.5, 0.95, 0.99].map((share) => figure(percentile(ms, share))),
    ratio(ms, measured[0]!.get(title)),
  ]);
  return `
${table([[`among ${count(pasts.at(-1)!)} messages`, 'p50 ms', 'p95 ms', 'p99 ms', `× ${count(pasts[0]!)}`], ...rows])}

one after the other over HTTP, the inbox over WebSocket; ×: the median against that among ${count(pasts[0]!)} messages`;
}

/** Of two medians; nothing where there is but one. */
function ratio(large: number[], small: number[] | undefined): string {
  return small ? figure(percentile(large, 0.5) / percentile(small, 0.5)) : '–';
}
