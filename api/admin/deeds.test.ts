import { expect, test } from 'vitest';
import { createInvitation } from '../account/invitation.ts';
import { logIn } from '../account/account.ts';
import { resetPassword } from '../account/password-change.ts';
import { setServerRole } from '../account/server-role.ts';
import type { App } from '../app.ts';
import { postMessage } from '../message/message.ts';
import { banMember } from '../moderation/ban.ts';
import { encodeNodeId } from '../node-id.ts';
import { readInboxRoom } from '../read/inboxes.ts';
import { createRoom } from '../room/room.ts';
import { ask, bearer, connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { PASSWORD, people, person, STRANGER, type TestPerson } from '../test/people.ts';
import { openAcknowledged } from '../test/raw-socket.ts';
import { deleteFile } from '../upload/removal.ts';

const idOf = ({ user }: TestPerson) => encodeNodeId('User', user.id);
const deedsOf = async (app: App) =>
  (await app.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(
    ({ action, userName, before, after }) => ({ action, userName, before, after }),
  );

/** A mutation with its input; gives the payload. */
const act = async (
  url: string,
  { token }: TestPerson,
  name: string,
  input: object,
  fields = '__typename',
) => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} } }`;
  return (await run(url, query, { input }, token))[name];
};
const refused = async (url: string, { token }: TestPerson, name: string, input: object) => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { __typename } }`;
  return (await ask(url, query, { input }, bearer(token))).errors?.[0]?.extensions?.code;
};

test('who is given an account chooses a password by the code, and has none before', async () => {
  await using server = await startApp({ REGISTRATION: 'closed' });
  const { app, url } = server;
  const root = await person(app, 'root');
  const input = { username: 'Mia', displayName: 'Mia Moss' };
  const made = await act(
    url,
    root,
    'createUser',
    input,
    'code expiresAt user { id username displayName role }',
  );
  expect(made.user).toMatchObject({ username: 'Mia', displayName: 'Mia Moss', role: 'MEMBER' });
  const credentials = { username: 'mia', password: PASSWORD, session: 'TOKEN' } as const;
  for (const password of [PASSWORD, '', 'null']) {
    await expect(logIn(app, STRANGER, { ...credentials, password })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  }
  await resetPassword(app, STRANGER, { code: made.code, newPassword: PASSWORD });
  await logIn(app, STRANGER, credentials);
  await expect(
    resetPassword(app, STRANGER, { code: made.code, newPassword: PASSWORD }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await refused(url, root, 'createUser', { username: 'MIA' })).toBe('CONFLICT');
  expect(await refused(url, root, 'createUser', { username: 'no name' })).toBe('INVALID_INPUT');
  expect(await deedsOf(app)).toEqual([
    { action: 'USER_CREATED', userName: 'Mia', before: null, after: { role: 'MEMBER' } },
  ]);
});

test('an administrator touches nobody of as high a role, and makes none', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob, room } = await people(app);
  for (const { user } of [ann, bob]) {
    await setServerRole(app, root, { userId: user.id, role: 'ADMINISTRATOR' });
  }
  const before = await app.db.prisma.auditEntry.count();
  const roomId = encodeNodeId('Room', room.id);
  const sessions = await app.db.prisma.session.findMany();
  const fileOf = async ({ user }: TestPerson) => {
    const { id } = await app.db.prisma.file.create({
      data: {
        ...{ id: crypto.randomUUID(), uploaderId: user.id, roomId: room.id, idempotencyKey: 'a' },
        ...{ name: 'a', mediaType: 'text/plain', size: 1, hash: Buffer.alloc(32) },
      },
    });
    return encodeNodeId('File', id);
  };
  for (const other of [root, bob]) {
    const userId = idOf(other);
    const session = sessions.find((one) => one.userId === other.user.id)!;
    const deeds: [string, object][] = [
      ['updateUser', { userId, pronouns: 'it' }],
      ['deleteUser', { userId, messages: 'DELETE' }],
      ['banUser', { userId }],
      ['deactivateUser', { userId }],
      ['createPasswordReset', { userId }],
      ['revokeSession', { sessionId: encodeNodeId('Session', session.id) }],
      ['addMember', { roomId, userId }],
      ['deleteFile', { fileId: await fileOf(other) }],
    ];
    for (const [name, input] of deeds) {
      expect(await refused(url, ann, name, input), `${name} ${other.user.username}`).toBe(
        'FORBIDDEN',
      );
    }
  }
  for (const role of ['ADMINISTRATOR', 'OWNER']) {
    expect(await refused(url, ann, 'createUser', { username: 'new', role })).toBe('FORBIDDEN');
  }
  // Nor do they let themselves in where they see nothing.
  const hidden = { slug: 'cellar', name: null, topic: null, visibility: 'PRIVATE' } as const;
  const cellar = encodeNodeId('Room', (await createRoom(app, bob, hidden)).id);
  for (const deed of ['addMember', 'setMemberRole']) {
    const input = { roomId: cellar, userId: idOf(ann), role: 'OWNER' };
    expect(await refused(url, ann, deed, input)).not.toBeUndefined();
  }
  expect(await app.db.prisma.auditEntry.count()).toBe(before);
  expect(await app.db.prisma.user.count({ where: { erasedAt: null } })).toBe(4);
  await act(url, ann, 'deleteFile', { fileId: await fileOf(ann) });
});

test('who is an administrator no more does nothing by what they were when they asked', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob } = await people(app);
  ann.user = await setServerRole(app, root, { userId: ann.user.id, role: 'ADMINISTRATOR' });
  await setServerRole(app, root, { userId: ann.user.id, role: 'MEMBER' });
  const { createUser } = await import('../account/creation.ts');
  const { updateUser } = await import('../account/alteration.ts');
  const { deleteUser } = await import('../account/deletion.ts');
  const account = { username: 'new', displayName: null, role: 'MEMBER' } as const;
  const userId = bob.user.id;
  for (const deed of [
    () => createUser(app, ann, account),
    () => updateUser(app, ann, { userId, about: 'Plums' }),
    () => deleteUser(app, ann, { userId, messages: 'KEEP' }),
  ]) {
    await expect(deed()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});

test('what is changed of somebody is told to those who look, and kept without what they wrote', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, bob, eve } = await people(app);
  const client = connect(url, eve.token);
  const query = `subscription { peopleChanged(userIds: ["${idOf(bob)}"]) { username displayName } }`;
  const told = client.iterate<any>({ query })[Symbol.asyncIterator]();
  const next = async () => (await told.next()).value!.data.peopleChanged;
  await next();
  const userId = idOf(bob);
  await act(url, root, 'updateUser', {
    userId,
    username: 'Rob',
    about: 'Plums',
    displayName: null,
  });
  expect(JSON.stringify(await next())).toContain('Rob');
  const found = await run(
    url,
    '{ people(search: "rob") { username displayName about } }',
    {},
    eve.token,
  );
  expect(found.people).toEqual([{ username: 'Rob', displayName: 'Rob', about: 'Plums' }]);
  // Nobody else takes the former one, and they may have it back.
  expect(await refused(url, root, 'createUser', { username: 'BOB' })).toBe('CONFLICT');
  expect(await refused(url, root, 'updateUser', { userId, username: 'eve' })).toBe('CONFLICT');
  expect(await refused(url, root, 'updateUser', { userId, pronouns: 'x'.repeat(99) })).toBe(
    'INVALID_INPUT',
  );
  await act(url, root, 'updateUser', { userId });
  await act(url, root, 'updateUser', { userId, username: 'bob' });
  expect(await deedsOf(app)).toEqual([
    {
      ...{ action: 'USER_CHANGED', userName: 'bob', before: { username: 'bob' } },
      after: { username: 'Rob', changed: ['displayName', 'about'] },
    },
    {
      action: 'USER_CHANGED',
      userName: 'Rob',
      before: { username: 'Rob' },
      after: { username: 'bob' },
    },
  ]);
  await client.dispose();
});

test('who is deleted is cut off, and leaves a tombstone', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, bob, room } = await people(app);
  await postMessage(app, bob, { roomId: room.id, body: 'plums', idempotencyKey: 'a' });
  const socket = await openAcknowledged(url, { params: bearer(bob.token) });
  const userId = idOf(bob);
  await act(url, root, 'deleteUser', { userId, messages: 'DELETE' });
  while (await socket.next());
  expect(await ask(url, '{ me { id } }', {}, bearer(bob.token))).toMatchObject({
    data: { me: null },
  });
  const { prisma } = app.db;
  await expect
    .poll(() => prisma.message.count({ where: { deletedAt: null } }), { timeout: 20_000 })
    .toBe(0);
  expect(await prisma.membership.count({ where: { userId: bob.user.id } })).toBe(0);
  expect(await refused(url, root, 'deleteUser', { userId, messages: 'KEEP' })).toBe('NOT_FOUND');
  expect(await refused(url, root, 'updateUser', { userId, about: 'a' })).toBe('NOT_FOUND');
  expect(await deedsOf(app)).toEqual([
    { action: 'USER_DELETED', userName: 'bob', before: null, after: { messages: 'DELETE' } },
  ]);
  const query = `{ administration { user(userId: "${userId}") { state deletedAt sessionCount } } }`;
  const { administration } = await run(url, query, {}, root.token);
  expect(administration.user).toMatchObject({ state: 'DELETED', sessionCount: 0 });
});

test('a session of somebody else ends with all that it holds open', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, bob, eve } = await people(app);
  const socket = await openAcknowledged(url, { params: bearer(bob.token) });
  const sessionId = encodeNodeId('Session', bob.sessionId);
  const unknown = encodeNodeId('Session', crypto.randomUUID());
  const mutation =
    'mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }';
  const answers = await Promise.all(
    [sessionId, unknown].map((id) =>
      ask(url, mutation, { input: { sessionId: id } }, bearer(eve.token)),
    ),
  );
  // To others it is not told from one of nobody.
  expect(answers[0]!.errors).toEqual(answers[1]!.errors);
  await act(url, root, 'revokeSession', { sessionId });
  while (await socket.next());
  expect(await ask(url, '{ me { id } }', {}, bearer(bob.token))).toMatchObject({
    data: { me: null },
  });
  await act(url, root, 'revokeSession', { sessionId: encodeNodeId('Session', root.sessionId) });
  expect((await deedsOf(app)).map(({ action, userName }) => [action, userName])).toEqual([
    ['SESSION_REVOKED', 'bob'],
  ]);
});

test('who is added to a room has it in the inbox at once, as what they were made', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob, eve } = await people(app);
  const input = { slug: 'cellar', name: null, topic: null, visibility: 'PRIVATE' } as const;
  const { id } = await createRoom(app, ann, input);
  const roomId = encodeNodeId('Room', id);
  const client = connect(url, eve.token);
  const query = `subscription { inbox { __typename ... on InboxRoomChanged { entry { room { slug } } } } }`;
  const told = client.iterate<any>({ query })[Symbol.asyncIterator]();
  await told.next();
  const membership =
    'membership { id role user { username } room { slug memberCount isReadable } }';
  const added = await act(
    url,
    root,
    'addMember',
    { roomId, userId: idOf(eve), role: 'MODERATOR' },
    membership,
  );
  expect(added.membership).toMatchObject({
    ...{ role: 'MODERATOR', user: { username: 'eve' } },
    room: { slug: 'cellar', memberCount: 2, isReadable: false },
  });
  for (let entry; entry?.room.slug !== 'cellar';) {
    ({ entry } = (await told.next()).value!.data.inbox);
  }
  expect(await readInboxRoom(app, eve, id)).not.toBeNull();
  // Once more changes nothing.
  await act(url, root, 'addMember', { roomId, userId: idOf(eve) }, membership);
  expect(await refused(url, ann, 'addMember', { roomId, userId: idOf(bob) })).toBe('FORBIDDEN');
  await banMember(app, ann, { roomId: id, userId: bob.user.id, reason: null, until: null });
  expect(await refused(url, root, 'addMember', { roomId, userId: idOf(bob) })).toBe('CONFLICT');
  await act(url, root, 'archiveRoom', { roomId });
  await app.db.prisma.roomBan.deleteMany();
  expect(await refused(url, root, 'addMember', { roomId, userId: idOf(bob) })).toBe('FORBIDDEN');
  const deeds = (await deedsOf(app)).filter(({ action }) => action === 'MEMBER_ADDED');
  expect(deeds).toEqual([
    { action: 'MEMBER_ADDED', userName: 'eve', before: null, after: { role: 'MODERATOR' } },
  ]);
  await client.dispose();
});

test('nobody registers by an invitation that was revoked', async () => {
  await using server = await startApp({ REGISTRATION: 'invite' });
  const { app, url } = server;
  const root = await person(app, 'root');
  const { code } = await createInvitation(app, root, { maxUses: 5, expiresInDays: 1 });
  const query = '{ administration { invitations { edges { node { id usesLeft } } } } }';
  const { administration } = await run(url, query, {}, root.token);
  const [{ node }] = administration.invitations.edges;
  await act(url, root, 'revokeInvitation', { invitationId: node.id });
  const register = `mutation { register(input: {username: "mia", password: "${PASSWORD}", invitation: "${code}"}) { token } }`;
  expect((await ask(url, register)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  for (const invitationId of [node.id, 'plum', '', crypto.randomUUID()]) {
    expect(await refused(url, root, 'revokeInvitation', { invitationId })).toBe('NOT_FOUND');
  }
  expect((await deedsOf(app)).map(({ action }) => action)).toEqual([
    'INVITATION_CREATED',
    'INVITATION_REVOKED',
  ]);
});

test('a file that is deleted leaves its message, which goes with the last of what it had', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob, room, roomId } = await people(app);
  const files = async (count: number) => {
    const made = await app.db.prisma.file.createManyAndReturn({
      data: Array.from({ length: count }, (_, index) => ({
        ...{ id: crypto.randomUUID(), uploaderId: bob.user.id, roomId: room.id },
        ...{ idempotencyKey: crypto.randomUUID(), name: `${index}.txt`, mediaType: 'text/plain' },
        ...{ size: 1, hash: Buffer.alloc(32) },
      })),
    });
    return made.map(({ id }) => id);
  };
  const post = (body: string, fileIds: string[]) =>
    postMessage(app, bob, { roomId: room.id, body, fileIds, idempotencyKey: crypto.randomUUID() });
  const [first, second, third, fourth, fifth] = (await files(5)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  await post('two files', [first, second]);
  await post(' ', [third, fourth]);
  const client = connect(url, ann.token);
  const message = 'message { body deletedAt editedAt attachments { name } }';
  const query = `subscription { roomEvents(roomId: "${roomId}", after: null) { node { __typename ... on MessageEvent { ${message} } } } }`;
  const events = client.iterate<any>({ query })[Symbol.asyncIterator]();
  const following = events.next();
  await expect.poll(() => app.feeds.size).toBeGreaterThan(0);
  const remove = (fileId: string) =>
    act(url, root, 'deleteFile', { fileId: encodeNodeId('File', fileId) });
  await remove(first);
  const { node } = (await following).value!.data.roomEvents;
  expect(node).toMatchObject({
    __typename: 'MessageEdited',
    message: { body: 'two files', deletedAt: null, attachments: [{ name: '1.txt' }] },
  });
  await remove(second);
  expect((await events.next()).value!.data.roomEvents.node).toMatchObject({
    __typename: 'MessageEdited',
    message: { body: 'two files', deletedAt: null, attachments: [] },
  });
  // The last two at once: one of them is the last.
  await Promise.all([remove(third), remove(fourth)]);
  const kinds = [await events.next(), await events.next()].map(
    ({ value }) => value!.data.roomEvents.node.__typename,
  );
  expect(kinds).toEqual(['MessageEdited', 'MessageDeleted']);
  await remove(fifth);
  expect(await app.db.prisma.file.count()).toBe(0);
  const counts = await app.db.prisma.message.findMany({ orderBy: { seq: 'asc' } });
  expect(counts.map(({ fileCount, deletedAt }) => [fileCount, deletedAt !== null])).toEqual([
    [0, false],
    [0, true],
  ]);
  await expect(deleteFile(app, root, { fileId: first })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const deeds = (await deedsOf(app)).map(({ action, userName }) => [action, userName]);
  expect(deeds).toEqual(Array.from({ length: 5 }, () => ['FILE_DELETED', 'bob']));
  await client.dispose();
});

test('the audit log, bans and reports are searched, ordered both ways and counted', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob, eve, room } = await people(app);
  for (const [user, reason] of [
    [bob, '100% plums'],
    [eve, 'pears'],
  ] as const) {
    await act(url, root, 'banUser', { userId: idOf(user), reason });
  }
  const { seq } = await postMessage(app, ann, {
    roomId: room.id,
    body: 'plums',
    idempotencyKey: 'a',
  });
  const messageId = encodeNodeId('Message', `${room.id}.${seq}`);
  await act(url, root, 'reportMessage', { messageId, reason: 'Too_many' });
  const query = `query ($search: String, $direction: SortDirection!) {
    auditLog(search: $search, orderBy: {field: CREATED_AT, direction: $direction}) { totalCount edges { node { userName } } }
    serverBans(search: $search, orderBy: {field: CREATED_AT, direction: $direction}) { totalCount edges { node { user { username } } } }
    reports(search: $search, orderBy: {field: CREATED_AT, direction: $direction}) { totalCount edges { node { reason } } }
  }`;
  const look = async (search: string | null, direction = 'ASC') => {
    const { auditLog, serverBans, reports } = await run(
      url,
      query,
      { search, direction },
      root.token,
    );
    expect([auditLog, serverBans, reports].map(({ totalCount }) => totalCount)).toEqual(
      [auditLog, serverBans, reports].map(({ edges }) => edges.length),
    );
    return [
      auditLog.edges.map(({ node }: any) => node.userName),
      serverBans.edges.map(({ node }: any) => node.user.username),
      reports.edges.map(({ node }: any) => node.reason),
    ];
  };
  expect(await look(null)).toEqual([['bob', 'eve'], ['bob', 'eve'], ['Too_many']]);
  expect(await look(null, 'DESC')).toEqual([['eve', 'bob'], ['eve', 'bob'], ['Too_many']]);
  expect(await look('%')).toEqual([['bob'], [], []]);
  expect(await look('_')).toEqual([[], [], ['Too_many']]);
  expect(await look('EVE')).toEqual([['eve'], ['eve'], []]);
  expect(await look('ann')).toEqual([[], [], ['Too_many']]);
  const filtered = `{ reports(open: true, filter: {authorId: "${idOf(ann)}", reporterId: "${idOf(bob)}"}) { totalCount } }`;
  expect(await run(url, filtered, {}, root.token)).toEqual({ reports: { totalCount: 0 } });
});
