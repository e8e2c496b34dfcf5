import pg from 'pg';
import { expect, test } from 'vitest';
import { leaveRoom } from '../room/membership.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { postMessage } from './message.ts';

const codeOf = (result: PromiseSettledResult<unknown>) =>
  result.status === 'fulfilled' ? 'OK' : result.reason.code;

test('messages that overlap are committed together, in the order in which they came', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const posts = Array.from({ length: 150 }, (_, number) =>
    postMessage(app, number % 2 ? ann : bob, {
      roomId: room.id,
      body: `line ${number}`,
      idempotencyKey: `key ${number}`,
    }),
  );
  const posted = await Promise.all(posts);
  const first = posted[0]!.seq;
  expect(posted.map(({ seq }) => seq)).toEqual(posted.map((_, number) => first + number));

  const { rows } = await app.db.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM message GROUP BY xmin ORDER BY min(seq)',
  );
  expect(rows.map(({ count }) => count)).toEqual([100, 50]);
});

test('what is refused leaves its neighbours alone and takes no number', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, room } = await people(app);
  const post = (who: typeof ann, body: string, idempotencyKey = body) =>
    postMessage(app, who, { roomId: room.id, body, idempotencyKey });
  const before = await post(ann, 'before', 'used');
  const results = await Promise.allSettled([
    post(ann, 'one'),
    post(eve, 'of a stranger'),
    post(ann, 'another text', 'used'),
    post(ann, 'before', 'used'),
    post(bob, 'two'),
    post(bob, 'two'),
    post(bob, 'two again', 'two'),
    post(ann, 'three'),
  ]);
  expect(results.map(codeOf)).toEqual([
    ...['OK', 'FORBIDDEN', 'CONFLICT', 'OK', 'OK', 'OK', 'CONFLICT', 'OK'],
  ]);
  const seqs = results.map((result) =>
    result.status === 'fulfilled' ? result.value.seq - before.seq : null,
  );
  expect(seqs).toEqual([1, null, null, 0, 2, 2, null, 3]);
});

test('a key that another process commits meanwhile fails nobody', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const other = new pg.Client({ connectionString: server.databaseUrl });
  await other.connect();
  await other.query('BEGIN');
  await other.query(
    `INSERT INTO message (room_id, seq, author_id, body, idempotency_key, created_at)
     VALUES ($1, 1000, $2, 'contested', 'contested', now())`,
    [room.id, ann.user.id],
  );
  const post = (who: typeof ann, body: string) =>
    postMessage(app, who, { roomId: room.id, body, idempotencyKey: body });
  const posts = Promise.all([post(bob, 'one'), post(ann, 'contested'), post(bob, 'two')]);
  await untilBlocked(other);
  await other.query('COMMIT');
  const [one, contested, two] = await posts;
  expect(contested!.seq).toBe(1000);
  expect(two!.seq).toBe(one!.seq + 1);
  await other.end();
});

test('whoever leaves meanwhile posts before their leaving or not at all', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const post = (number: number) =>
    postMessage(app, number % 2 ? ann : bob, {
      roomId: room.id,
      body: `line ${number}`,
      idempotencyKey: `key ${number}`,
    });
  const early = Array.from({ length: 30 }, (_, number) => post(number));
  const leaving = leaveRoom(app, bob, { roomId: room.id });
  const late = Array.from({ length: 30 }, (_, number) => post(30 + number));
  const results = await Promise.allSettled([...early, ...late]);
  await leaving;
  expect(results.filter((_, number) => number % 2).map(codeOf)).toEqual(Array(30).fill('OK'));

  const { rows } = await app.db.pool.query<{ kind: string; actor_id: string }>(
    'SELECT kind, actor_id FROM room_event WHERE room_id = $1 ORDER BY seq',
    [room.id],
  );
  const left = rows.findIndex(({ kind }) => kind === 'MEMBER_LEFT');
  expect(left).toBeGreaterThan(0);
  expect(rows.slice(left + 1).filter(({ actor_id }) => actor_id === bob.user.id)).toEqual([]);
  const posted = results.filter((result, number) => number % 2 === 0 && codeOf(result) === 'OK');
  const logged = rows.filter(
    ({ kind, actor_id }) => kind === 'MESSAGE_POSTED' && actor_id === bob.user.id,
  );
  expect(logged).toHaveLength(posted.length);
});

async function untilBlocked(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ blocked: boolean }>(
      'SELECT count(*) > 0 AS blocked FROM pg_locks WHERE NOT granted',
    );
    if (rows[0]!.blocked) return;
  }
}
