/** A database that is set back under a server that runs: whoever follows is told to load afresh. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { renewEpoch } from '../../scripts/new-epoch.ts';
import { postMessage } from '../message/message.ts';
import { createRoom } from '../room/room.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people, roomId as idOf, type TestPerson } from '../test/people.ts';
import { openAcknowledged } from '../test/raw-socket.ts';
import { eventsOf } from '../test/watch.ts';
import { createLocalBus } from './bus.ts';
import { Feeds, SWEEP_MS } from './feeds.ts';
import { createLogSource, type LogSource } from './log.ts';

type Heads = Awaited<ReturnType<LogSource['readHeads']>>;

const SHARED = 'cursor node { seq body }';
const ALONE = 'cursor node { seq body room { viewerMembership { role } } }';
const ALL = { wants: () => true, isLast: () => false };

const follow = (selection: string) => `
  subscription ($roomId: ID!, $after: String) {
    messageAdded(roomId: $roomId, after: $after) { ${selection} }
  }`;
const PAGE = `query ($roomId: ID!, $after: String) {
  node(id: $roomId) {
    ... on Room { cursor messages(first: 100, after: $after) { edges { cursor node { body } } } }
  }
}`;

/** Follows a room in all three ways; each gives the numbers that came, and how it ended. */
async function followers({ url }: TestApp, { token }: TestPerson, roomId: string) {
  const overSocket = async (selection: string) => {
    const socket = await openAcknowledged(url, { params: bearer(token) });
    const after = (await run(url, PAGE, { roomId }, token))['node'].cursor;
    socket.send({
      type: 'subscribe',
      id: '1',
      payload: { query: follow(selection), variables: { roomId, after } },
    });
    return {
      async end() {
        const bodies: string[] = [];
        for (;;) {
          const frame = await socket.next();
          if (frame?.type === 'next') bodies.push(frame.payload.data.messageAdded.node.body);
          else if (frame?.type !== 'error') throw new Error(`Not an error: ${frame?.type}`);
          else return { bodies, code: frame.payload[0].extensions.code };
        }
      },
      async isOpen() {
        return (await socket.start('2', '{ __typename }'))?.type === 'next';
      },
      close: () => socket.socket.terminate(),
    };
  };
  const overEvents = async () => {
    const aborting = new AbortController();
    const after = (await run(url, PAGE, { roomId }, token))['node'].cursor;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      signal: aborting.signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...bearer(token),
      },
      body: JSON.stringify({ query: follow(SHARED), variables: { roomId, after } }),
    });
    return {
      async end() {
        const bodies: string[] = [];
        for await (const { data, errors } of eventsOf<any>(response)) {
          if (errors) return { bodies, code: errors[0].extensions.code };
          bodies.push(data.messageAdded.node.body);
        }
        throw new Error('It was completed without an error.');
      },
      isOpen: async () => true,
      close: () => aborting.abort(),
    };
  };
  return Promise.all([overSocket(SHARED), overSocket(ALONE), overEvents()]);
}

const post = (server: TestApp, author: TestPerson, roomId: string, body: string) =>
  postMessage(server.app, author, { roomId, body, idempotencyKey: body });

/** What is left of a room when an older dump has taken its place. */
async function setBack({ app }: TestApp, roomId: string, seq: number): Promise<void> {
  const client = await app.db.pool.connect();
  await client.query('BEGIN');
  await client.query('DELETE FROM message WHERE room_id = $1 AND seq > $2', [roomId, seq]);
  await client.query('DELETE FROM room_event WHERE room_id = $1 AND seq > $2', [roomId, seq]);
  await client.query('UPDATE room SET last_seq = $2 WHERE id = $1', [roomId, seq]);
  await client.query('COMMIT');
  client.release();
}

async function resynced(server: TestApp, viewer: TestPerson, roomId: string, old: string) {
  const refused = await ask(server.url, PAGE, { roomId, after: old }, bearer(viewer.token));
  expect(refused.errors?.[0]?.extensions?.code).toBe('RESYNC_REQUIRED');
}

test('where a log is set back, all who follow are told, also of other rooms, and go on afresh', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const other = await createRoom(server.app, ann, {
    slug: 'other',
    name: 'Other',
    topic: null,
    visibility: 'PRIVATE',
  });
  await post(server, ann, room.id, 'kept');
  const old = (await run(server.url, PAGE, { roomId }, bob.token))['node'].cursor;
  const here = await followers(server, bob, roomId);
  const there = await followers(server, ann, idOf(other));
  await expect.poll(() => server.app.feeds.followers).toBe(6);
  await post(server, ann, room.id, 'lost');
  await setBack(server, room.id, 3);

  for (const one of here)
    expect(await one.end()).toEqual({ bodies: ['lost'], code: 'RESYNC_REQUIRED' });
  for (const one of there) expect(await one.end()).toEqual({ bodies: [], code: 'RESYNC_REQUIRED' });
  for (const one of [...here, ...there]) expect(await one.isOpen()).toBe(true);
  expect(server.app.feeds).toMatchObject({ size: 0, followers: 0 });
  expect(server.app.fanout).toMatchObject({ groups: 0, subscribers: 0 });
  await resynced(server, bob, roomId, old);

  const { node } = await run(server.url, PAGE, { roomId }, bob.token);
  expect(node.messages.edges.map((edge: any) => edge.node.body)).toEqual(['kept']);
  const again = await followers(server, bob, roomId);
  await expect.poll(() => server.app.feeds.followers).toBe(3);
  await post(server, ann, room.id, 'new');
  await setBack(server, room.id, 1);
  for (const one of again) expect(await one.end()).toMatchObject({ bodies: ['new'] });
  for (const one of [...here, ...there, ...again]) one.close();
});

test('numbers that were taken again before anybody looked do not hide a set-back', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  for (const body of ['one', 'two', 'three']) await post(server, ann, room.id, body);
  const all = await followers(server, bob, roomId);
  await expect.poll(() => server.app.feeds.followers).toBe(3);
  const client = await server.app.db.pool.connect();
  // The same numbers and one more, said later: as if all of it had happened between two sweeps.
  await client.query('BEGIN');
  await client.query(
    `UPDATE room_event SET created_at = created_at + interval '1 minute' WHERE seq > 3`,
  );
  await client.query(
    `INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, data)
     SELECT id, last_seq + 1, 'ROOM_RENAMED', $2, now(), '{}' FROM room WHERE id = $1`,
    [room.id, ann.user.id],
  );
  await client.query('UPDATE room SET last_seq = last_seq + 1 WHERE id = $1', [room.id]);
  await client.query('COMMIT');
  client.release();
  for (const one of all) expect(await one.end()).toMatchObject({ code: 'RESYNC_REQUIRED' });
  for (const one of all) one.close();
});

test('another epoch in the database ends what is followed, while the server runs', async () => {
  await using server = await startApp();
  const { bob, roomId } = await people(server.app);
  const old = (await run(server.url, PAGE, { roomId }, bob.token))['node'].cursor;
  const all = await followers(server, bob, roomId);
  await renewEpoch({ connectionString: server.databaseUrl });
  for (const one of all) expect(await one.end()).toEqual({ bodies: [], code: 'RESYNC_REQUIRED' });
  await resynced(server, bob, roomId, old);
  for (const one of all) one.close();
});

test('a room that is gone ends its followers and nobody else’s', async () => {
  await using server = await startApp();
  const { ann, bob, room, roomId } = await people(server.app);
  const other = await createRoom(server.app, bob, {
    slug: 'other',
    name: 'Other',
    topic: null,
    visibility: 'PUBLIC',
  });
  const { epoch } = server.app.db;
  const here = await followers(server, ann, roomId);
  const there = await followers(server, bob, idOf(other));
  await expect.poll(() => server.app.feeds.followers).toBe(6);
  await server.app.db.prisma.room.delete({ where: { id: room.id } });
  for (const one of here) expect(await one.end()).toMatchObject({ code: 'RESYNC_REQUIRED' });
  expect(server.app.feeds).toMatchObject({ size: 1, followers: 3 });
  expect(server.app.db.epoch).toBe(epoch);
  for (const one of [...here, ...there]) one.close();
});

test('a new connection to another history believes no cursor of the old one', async () => {
  await using server = await startApp();
  const { bob, roomId } = await people(server.app);
  const old = (await run(server.url, PAGE, { roomId }, bob.token))['node'].cursor;
  const { pool } = server.app.db;
  // By one connection: the mark is another before the first of the new ones is made.
  const client = new pg.Client(server.databaseUrl);
  await client.connect();
  await client.query('UPDATE server SET epoch = gen_random_uuid()');
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await client.end();
  await expect.poll(() => pool.totalCount).toBe(0);
  await resynced(server, bob, roomId, old);
});

test('an answer from before the newest event is no set-back', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const { db, log } = server.app;
  const bus = createLocalBus();
  const real = createLogSource(db.pool);
  let held: PromiseWithResolvers<Heads> | null = null;
  const asked = Promise.withResolvers<void>();
  const source: LogSource = {
    ...real,
    async readHeads(rooms) {
      if (!held) return real.readHeads(rooms);
      const heads = await real.readHeads(rooms);
      asked.resolve();
      const { promise } = held;
      held = null;
      await promise;
      return heads;
    },
  };
  const feeds = new Feeds({ source, epoch: db.history, bus, log });
  const follower = await feeds.follow(room.id, null, async () => ALL);
  const { epoch } = db;
  const answer = (held = Promise.withResolvers());
  await asked.promise;
  const next = follower.next();
  const { seq } = await post(server, ann, room.id, 'while the sweep waits');
  bus.publish(`room:${room.id}`, { seq });
  expect((await next).value?.seq).toBe(seq);
  answer.resolve(new Map());
  // The sweep after it: by then the first one's answer has been taken.
  const swept = (held = Promise.withResolvers<Heads>());
  await expect.poll(() => held, { timeout: 5 * SWEEP_MS }).toBeNull();
  swept.resolve(new Map());
  expect(follower.feed.isClosed).toBe(false);
  expect(db.epoch).toBe(epoch);
  feeds.close();
});
