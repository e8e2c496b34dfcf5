import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import { openDirect } from '../direct/direct.ts';
import { postMessage } from '../message/message.ts';
import { reportMessage } from '../moderation/report.ts';
import { encodeNodeId } from '../node-id.ts';
import { joinRoom } from '../room/membership.ts';
import { createRoom } from '../room/room.ts';
import { ask, bearer, run } from '../test/client.ts';
import { collected } from '../test/collected.ts';
import { startApp } from '../test/harness.ts';
import { people, type TestPerson } from '../test/people.ts';

const SECRET = 'quinces';

/** What Ann and Bob say in a private room and directly, with a file in each. */
async function whisper(app: App) {
  const all = await people(app);
  const { ann, bob } = all;
  const input = { slug: 'cellar', name: 'Cellar', topic: null, visibility: 'PRIVATE' } as const;
  const cellar = await createRoom(app, ann, input);
  await app.db.prisma.membership.create({ data: { roomId: cellar.id, userId: bob.user.id } });
  const direct = await openDirect(app, ann, { userIds: [bob.user.id] });
  const say = async (
    who: TestPerson,
    roomId: string,
    body: string,
    replyTo: number | null = null,
  ) => {
    const { id } = await app.db.prisma.file.create({
      data: {
        ...{ id: crypto.randomUUID(), uploaderId: who.user.id, roomId, idempotencyKey: body },
        ...{ name: `${SECRET}.txt`, mediaType: 'text/plain', size: 3, hash: Buffer.alloc(32) },
        alt: SECRET,
      },
    });
    const key = { roomId, body, idempotencyKey: body, fileIds: [id], replyTo };
    return postMessage(app, who, key);
  };
  const inCellar = await say(bob, cellar.id, `${SECRET} in the cellar`);
  const answer = await say(bob, cellar.id, 'an answer', inCellar.seq);
  await say(bob, direct.id, `${SECRET} directly`);
  await collected(app);
  return { ...all, cellar, direct, inCellar, answer };
}

/** All that administration shows, whoever asks. */
const EVERYTHING = `query ($search: String) { administration {
  users { totalCount edges { node { id messageCount roomCount fileCount fileBytes user { username } ownsAlone { slug } } } }
  rooms { totalCount edges { node { slug name visibility isReadable memberCount messageCount fileCount fileBytes lastMessageAt owners { username } } } }
  memberships { totalCount edges { node { role room { slug } user { username } } } }
  messages(search: $search) { totalCount edges { node { body fileCount room { slug } author { username } } } }
  files { totalCount edges { node { name alt url isSent size room { slug } } } }
  roomLinks { totalCount } roomBans { totalCount }
} }`;

test('of private rooms there is who and how much, and nothing of what is said; direct messages are not there', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, cellar, direct, inCellar } = await whisper(app);
  const { administration } = await run(server.url, EVERYTHING, {}, root.token);
  const text = JSON.stringify(administration);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(direct.slug);
  const nodes = (name: string) => administration[name].edges.map(({ node }: any) => node);
  expect(nodes('rooms')).toContainEqual({
    ...{ slug: 'cellar', name: 'Cellar', visibility: 'PRIVATE', isReadable: false, memberCount: 1 },
    ...{ messageCount: 2, fileCount: 2, fileBytes: 6, lastMessageAt: expect.any(String) },
    owners: [{ username: 'ann' }],
  });
  expect(nodes('users').find(({ user }: any) => user.username === 'bob')).toMatchObject({
    ...{ messageCount: 2, roomCount: 2, fileCount: 2, fileBytes: 6 },
  });
  const rooms = (name: string) => new Set(nodes(name).map(({ room }: any) => room.slug));
  for (const name of ['memberships', 'messages', 'files']) {
    expect(rooms(name), name).toContain('cellar');
    expect(administration[name].totalCount, name).toBe(nodes(name).length);
  }
  expect(nodes('messages').map(({ body }: any) => body)).toEqual([null, null]);
  expect(nodes('files').map(({ url, alt, name }: any) => url ?? alt ?? name)).toEqual([null, null]);
  const byName = `{ administration {
    named: files(search: "${SECRET}") { totalCount }
    files(orderBy: { field: NAME }, first: 1) { edges { node { id } } pageInfo { endCursor } }
  } }`;
  const { named, files } = (await run(server.url, byName, {}, root.token)).administration;
  expect(named.totalCount).toBe(0);
  expect(files.edges).toHaveLength(1);
  expect(Buffer.from(files.pageInfo.endCursor, 'base64url').toString()).not.toContain(SECRET);

  const found = await run(server.url, EVERYTHING, { search: SECRET }, root.token);
  expect(found.administration.messages).toEqual({ totalCount: 0, edges: [] });
  const one = `query ($id: ID!) { administration { room(roomId: $id) { slug } } }`;
  const ids = [direct.id, cellar.id, crypto.randomUUID()].map((id) => encodeNodeId('Room', id));
  const shown = await Promise.all(ids.map((id) => run(server.url, one, { id }, root.token)));
  expect(shown.map(({ administration: { room } }) => room?.slug)).toEqual([
    undefined,
    'cellar',
    undefined,
  ]);

  // Filters by what is not there find nothing, and by what is, no more than is told.
  const id = encodeNodeId('Room', direct.id);
  const lists = ['memberships', 'messages', 'files', 'roomLinks', 'roomBans'];
  const filtered = `{ administration { ${lists.map((name) => `${name}(filter: {roomId: "${id}"}) { totalCount }`).join(' ')} } }`;
  const none = await run(server.url, filtered, {}, root.token);
  expect(none.administration).toEqual(
    Object.fromEntries(lists.map((name) => [name, { totalCount: 0 }])),
  );

  // A member reads as anybody may.
  await app.db.prisma.user.update({ where: { id: ann.user.id }, data: { role: 'ADMINISTRATOR' } });
  const anns = await run(server.url, EVERYTHING, { search: SECRET }, ann.token);
  expect(anns.administration.messages.edges.map(({ node }: any) => node.body)).toEqual([
    `${SECRET} in the cellar`,
  ]);
  expect(JSON.stringify(anns.administration)).not.toContain('directly');
  const annsFiles = (await run(server.url, byName, {}, ann.token)).administration;
  expect(annsFiles.named.totalCount).toBe(2);
  const unsent = { roomId: cellar.id, messageSeq: inCellar.seq };
  await app.db.prisma.file.updateMany({ where: unsent, data: { messageSeq: null } });
  expect((await run(server.url, byName, {}, ann.token)).administration.named.totalCount).toBe(1);
});

test('a message that was reported is shown, and what it answers is not', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, cellar, answer } = await whisper(app);
  await reportMessage(app, ann, { roomId: cellar.id, seq: answer.seq, reason: 'Plums.' });
  const query = `{
    administration { messages(filter: {isReported: true}) { edges { node { id body reportCount } } } }
    reports { edges { node { message { id body replyTo { body } thread { body } } } } }
  }`;
  const { administration, reports } = await run(server.url, query, {}, root.token);
  expect(administration.messages.edges).toMatchObject([
    { node: { body: 'an answer', reportCount: 1 } },
  ]);
  const [{ node }] = reports.edges;
  expect(node.message).toMatchObject({ body: 'an answer', replyTo: null, thread: null });
  // Nor when it is deleted.
  const mutation = `mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) {
    message { body replyTo { body } }
  } }`;
  const input = { messageId: node.message.id };
  const { deleteMessage } = await run(server.url, mutation, { input }, root.token);
  expect(deleteMessage.message).toEqual({ body: '', replyTo: null });
  // Members see what it answered.
  const own = await run(
    server.url,
    `query ($id: ID!) { node(id: $id) { ... on Message { body replyTo { body } } } }`,
    { id: node.message.id },
    ann.token,
  );
  expect(own.node).toEqual({ body: '', replyTo: { body: `${SECRET} in the cellar` } });
});

test('administrators keep rooms that they do not see, and read none of them by it', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, cellar, direct, inCellar } = await whisper(app);
  const roomId = encodeNodeId('Room', cellar.id);
  const userId = encodeNodeId('User', bob.user.id);
  const can =
    'viewerCan { read post follow export invite admit moderate keepOrder edit archive delete appoint }';
  const update = (id: string) =>
    `mutation { updateRoom(input: {roomId: "${id}", slowModeSeconds: 5}) { room { ${can} } } }`;
  const { updateRoom } = await run(server.url, update(roomId), {}, root.token);
  expect(updateRoom.room.viewerCan).toEqual({
    ...{ read: false, post: false, follow: false, export: false, invite: false, admit: false },
    ...{ moderate: true, keepOrder: true, edit: true, archive: true, delete: true, appoint: true },
  });
  const deeds = `mutation {
    timeOutMember(input: {roomId: "${roomId}", userId: "${userId}"}) { membership { role } }
    setMemberRole(input: {roomId: "${roomId}", userId: "${userId}", role: OWNER}) { membership { role } }
    archiveRoom(input: {roomId: "${roomId}"}) { room { archivedAt } }
    unarchiveRoom(input: {roomId: "${roomId}"}) { room { archivedAt } }
    deleteMessage(input: {messageId: "${encodeNodeId('Message', `${cellar.id}.${inCellar.seq}`)}"}) { message { body } }
  }`;
  await run(server.url, deeds, {}, root.token);
  const messages = `mutation { renameRoom(input: {roomId: "${roomId}", name: "Pit"}) { room { name messages(last: 5) { edges { node { body } } } } } }`;
  const { errors } = await ask(server.url, messages, {}, bearer(root.token));
  expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);

  // Of direct messages they are told what they are told of what there never was.
  const answers = await Promise.all(
    [direct.id, crypto.randomUUID()].map(async (id) => {
      const encoded = encodeNodeId('Room', id);
      const said = [
        update(encoded),
        `mutation { archiveRoom(input: {roomId: "${encoded}"}) { room { id } } }`,
        `mutation { deleteRoom(input: {roomId: "${encoded}", slug: "${direct.slug}"}) { roomId } }`,
        `mutation { addMember(input: {roomId: "${encoded}", userId: "${userId}"}) { membership { id } } }`,
        `mutation { removeMember(input: {roomId: "${encoded}", userId: "${userId}"}) { room { id } } }`,
        `mutation { deleteMessage(input: {messageId: "${encodeNodeId('Message', `${id}.2`)}"}) { message { id } } }`,
      ];
      return Promise.all(
        said.map(
          async (mutation) => (await ask(server.url, mutation, {}, bearer(root.token))).errors,
        ),
      );
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  for (const refused of answers[0]!)
    expect(refused).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  const file = await app.db.prisma.file.findFirstOrThrow({ where: { roomId: direct.id } });
  const deletions = await Promise.all(
    [file.id, crypto.randomUUID()].map(async (id) => {
      const mutation = `mutation { deleteFile(input: {fileId: "${encodeNodeId('File', id)}"}) { fileId } }`;
      return (await ask(server.url, mutation, {}, bearer(root.token))).errors;
    }),
  );
  expect(deletions[0]).toEqual(deletions[1]);

  // Somebody else of the room's is no administrator: nothing is other for them.
  await joinRoom(app, ann, { roomId: cellar.id });
  const { errors: bobs } = await ask(
    server.url,
    update(encodeNodeId('Room', direct.id)),
    {},
    bearer(bob.token),
  );
  expect(bobs).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
