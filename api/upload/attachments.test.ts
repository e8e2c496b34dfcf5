import { expect, test } from 'vitest';
import { deleteMessage } from '../message/deletion.ts';
import { leaveRoom } from '../room/membership.ts';
import { createRoom } from '../room/room.ts';
import { ask, bearer, connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people, roomId as idOf, type TestPerson } from '../test/people.ts';
import { kept, picture, uploaded } from '../test/uploads.ts';

const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id seq body attachments { id name } } }
}`;

const CURSOR = '{ room(slug: "garden") { cursor } }';

async function garden(settings = {}) {
  const server = await startApp(settings);
  const found = await people(server.app);
  const { roomId } = found;
  let count = 0;
  return {
    server,
    ...found,
    put: async (person: TestPerson, name: string): Promise<string> =>
      (await uploaded(server.url, person.token, { roomId, name, body: name })).id,
    send: (person: TestPerson, attachmentIds: string[], input = {}, url = server.url) =>
      ask(
        url,
        SEND,
        {
          input: { roomId, body: '', idempotencyKey: `key ${++count}`, attachmentIds, ...input },
        },
        bearer(person.token),
      ),
  };
}

test('a message brings its files along, in their order, to those who read and those who follow', async () => {
  const { server, ann, bob, roomId, put, send } = await garden();
  await using _ = server;
  const client = connect(server.url, bob.token);
  const events = client.iterate<any>({
    query: `subscription ($roomId: ID!, $after: String) {
      messageAdded(roomId: $roomId, after: $after) { node { body attachments { id name size kind url } } }
    }`,
    variables: { roomId, after: (await run(server.url, CURSOR, {}, bob.token))['room'].cursor },
  });
  const followed = events.next();
  const ids = [await put(ann, 'b.txt'), await put(ann, 'a.txt'), await put(ann, 'c.txt')];
  const { data } = await send(ann, ids, { body: 'Three of them' });
  expect(data!['sendMessage'].message.attachments.map(({ id }: any) => id)).toEqual(ids);
  const attachments = ['b.txt', 'a.txt', 'c.txt'].map((name) =>
    expect.objectContaining({ name, size: 5, kind: 'OTHER' }),
  );
  const { value } = await followed;
  expect(value!.data.messageAdded.node).toEqual({ body: 'Three of them', attachments });
  const page = await run(
    server.url,
    '{ room(slug: "garden") { messages { edges { node { attachments { name size kind } } } } } }',
    {},
    bob.token,
  );
  expect(page['room'].messages.edges).toEqual([{ node: { attachments } }]);
  await client.dispose();
});

test('with files a message needs no text', async () => {
  const { server, ann, put, send } = await garden();
  await using _ = server;
  expect((await send(ann, [])).errors).toMatchObject([{ extensions: { field: 'body' } }]);
  const { data } = await send(ann, [await put(ann, 'a')]);
  expect(data!['sendMessage'].message.body).toBe('');
});

test('only files of one’s own, of the room, each once and not too many, are sent', async () => {
  const { server, ann, bob, put, send } = await garden({ MAX_FILES_PER_MESSAGE: '2' });
  await using _ = server;
  const elsewhere = await createRoom(server.app, ann, {
    ...{ slug: 'shed', name: 'Shed', topic: null },
    visibility: 'PRIVATE',
  });
  const other = await uploaded(server.url, ann.token, { roomId: idOf(elsewhere), body: 'x' });
  const [mine, sent, bobs] = [await put(ann, 'a'), await put(ann, 'b'), await put(bob, 'c')];
  await send(ann, [sent]);
  const unknown = Buffer.from('File:00000000-0000-0000-0000-000000000000').toString('base64url');
  for (const ids of [[bobs], [mine, bobs], [other.id], [sent], [unknown], [mine, mine]]) {
    expect((await send(ann, ids)).errors).toMatchObject([
      { extensions: { code: 'INVALID_INPUT', field: 'attachmentIds' } },
    ]);
  }
  const many = await send(ann, [mine, await put(ann, 'd'), await put(ann, 'e')]);
  expect(many.errors).toMatchObject([{ message: 'A message has at most 2 files.' }]);
  expect((await send(ann, [mine])).errors).toBeUndefined();
  // Nothing that was refused has taken a number: two joins, two messages.
  expect(await server.app.db.prisma.room.findFirst({ where: { slug: 'garden' } })).toMatchObject({
    lastSeq: 4,
  });
});

test('a file goes with one of the messages that want it at the same time, in two processes', async () => {
  const { server, ann, put, send } = await garden();
  await using _ = server;
  const fileId = await put(ann, 'a');
  const { databaseUrl, app } = server;
  await using second = await startApp({
    ...{ DATABASE_URL: databaseUrl, DATA_DIR: app.config.dataDir },
  });
  // Both have begun before either can end: the room's row is held until they wait.
  const holder = await app.db.pool.connect();
  await holder.query('BEGIN');
  // As those who post lock it: the collector of searches does not wait for that.
  await holder.query('SELECT 1 FROM room FOR NO KEY UPDATE');
  const sending = [server, second].map(({ url }) => send(ann, [fileId], {}, url));
  const waiting = `SELECT count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await app.db.pool.query(waiting)).rows).toEqual([{ count: 2 }]);
  await holder.query('COMMIT');
  holder.release();
  const answers = await Promise.all(sending);
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
  expect(await app.db.prisma.message.count()).toBe(1);
});

test('a retry gives the message with its files, and another choice of files is a conflict', async () => {
  const { server, ann, put, send } = await garden();
  await using _ = server;
  const [a, b] = [await put(ann, 'a'), await put(ann, 'b')];
  const first = await send(ann, [a, b], { idempotencyKey: 'same' });
  expect(await send(ann, [a, b], { idempotencyKey: 'same' })).toMatchObject({ data: first.data });
  for (const ids of [[a], [b, a], []]) {
    const { errors } = await send(ann, ids, {
      idempotencyKey: 'same',
      body: ids.length ? '' : 'x',
    });
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  }
});

test('the files of a page of messages are asked for at once, and those of none not at all', async () => {
  const { server, ann, put, send } = await garden();
  await using _ = server;
  const questions: string[] = [];
  const { pool } = server.app.db;
  const query = pool.query.bind(pool) as (...args: any[]) => any;
  pool.query = ((...args: any[]) => {
    const text = String(args[0]?.text ?? args[0]);
    if (/FROM "(public"\.")?file"/.test(text)) questions.push(text);
    return query(...args);
  }) as typeof pool.query;
  const page = () =>
    run(
      server.url,
      '{ room(slug: "garden") { messages { edges { node { attachments { name } } } } } }',
      {},
      ann.token,
    );
  for (let count = 0; count < 5; count++) await send(ann, [], { body: 'text' });
  await page();
  expect(questions).toHaveLength(0);
  for (const name of ['a', 'b', 'c']) await send(ann, [await put(ann, name)]);
  questions.length = 0;
  expect((await page())['room'].messages.edges).toHaveLength(8);
  expect(questions).toHaveLength(1);
});

test('who does not see the room, or no more, gets no file of it', async () => {
  const { server, ann, bob, eve, room, roomId, send } = await garden();
  await using _ = server;
  const { prisma } = server.app.db;
  const body = await picture(8, 8);
  const file = await uploaded(server.url, ann.token, { roomId, name: 'a.png', body });
  await send(ann, [file.id]);
  const status = async (person: TestPerson | null, path: string) =>
    (await fetch(server.url + path, { headers: person ? bearer(person.token) : {} })).status;
  const NODE = 'query ($id: ID!) { node(id: $id) { id } }';
  const code = async (person: TestPerson) => {
    const { data, errors } = await ask(server.url, NODE, { id: file.id }, bearer(person.token));
    return errors?.[0]?.extensions?.code ?? (data!['node'] ? 'seen' : 'null');
  };
  for (const path of [file.url, file.thumbnailUrl]) {
    // Whoever reads a public room sees its files, and nobody else does.
    expect(await status(eve, path)).toBe(200);
    expect(await status(null, path)).toBe(404);
  }
  await prisma.room.update({ where: { id: room.id }, data: { visibility: 'PRIVATE' } });
  for (const path of [file.url, file.thumbnailUrl]) {
    expect(await status(bob, path)).toBe(200);
    expect(await status(eve, path)).toBe(404);
  }
  expect([await code(bob), await code(eve)]).toEqual(['seen', 'null']);
  await leaveRoom(server.app, bob, { roomId: room.id });
  await leaveRoom(server.app, ann, { roomId: room.id });
  for (const path of [file.url, file.thumbnailUrl]) {
    expect(await status(bob, path)).toBe(404);
    // Nor does whoever has uploaded it.
    expect(await status(ann, path)).toBe(404);
  }
});

test('with a message its files are deleted, from the disk as well', async () => {
  const { server, ann, room, roomId, send } = await garden();
  await using _ = server;
  const body = await picture(8, 8);
  const file = await uploaded(server.url, ann.token, { roomId, name: 'a.png', body });
  const { data } = await send(ann, [file.id]);
  const { seq } = data!['sendMessage'].message;
  expect(await kept(server.app)).toHaveLength(2);
  await deleteMessage(server.app, ann, { roomId: room.id, seq });
  expect(await kept(server.app)).toEqual([]);
  expect((await fetch(server.url + file.url, { headers: bearer(ann.token) })).status).toBe(404);
  const NODE = 'query ($id: ID!) { node(id: $id) { ... on Message { attachments { id } } } }';
  const { id } = data!['sendMessage'].message;
  expect(await run(server.url, NODE, { id }, ann.token)).toEqual({ node: { attachments: [] } });
});
