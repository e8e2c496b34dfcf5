import { expect, test } from 'vitest';
import { createInvitation } from '../account/invitation.ts';
import { banUser } from '../account/server-ban.ts';
import { deactivateUser } from '../account/activation.ts';
import type { App } from '../app.ts';
import { postMessage } from '../message/message.ts';
import { deleteMessage } from '../message/deletion.ts';
import { banMember } from '../moderation/ban.ts';
import { reportMessage } from '../moderation/report.ts';
import { encodeNodeId } from '../node-id.ts';
import { createRoomLink } from '../room/link.ts';
import { createRoom } from '../room/room.ts';
import { ask, bearer, run } from '../test/client.ts';
import { collected } from '../test/collected.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people, person, type TestPerson } from '../test/people.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface ListOptions {
  fields: string;
  search?: string;
  filter?: string;
  orderBy?: string;
  page?: string;
}

/** A page of a list, as root is given it. */
async function list(
  { url }: TestApp,
  { token }: TestPerson,
  name: string,
  { fields, search, filter, orderBy, page = 'first: 50' }: ListOptions,
) {
  const args = [
    'search: $search',
    ...(filter ? [`filter: {${filter}}`] : []),
    ...(orderBy ? [`orderBy: {${orderBy}}`] : []),
    page,
  ];
  const query = `query ($search: String) { administration { ${name}(${args.join(', ')}) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { ${fields} } }
  } } }`;
  const { administration } = await run(url, query, { search }, token);
  const connection = administration[name];
  return { ...connection, nodes: connection.edges.map(({ node }: any) => node) };
}

/** Of each kind more than a page, in an order that is nobody's. */
async function fill(app: App, count: number) {
  const all = await people(app);
  const { prisma } = app.db;
  const scattered = (index: number) => (index * 7) % count;
  const at = (index: number) =>
    new Date(Date.UTC(2026, 0, 1) + Math.floor(scattered(index) / 2) * DAY_MS);
  const users = await prisma.user.createManyAndReturn({
    data: Array.from({ length: count }, (_, index) => ({
      ...{ username: `Passer-${scattered(index)}`, usernameKey: `passer-${scattered(index)}` },
      ...{ displayName: `Passer ${scattered(index) % 3}`, createdAt: at(index) },
    })),
  });
  const rooms = await prisma.room.createManyAndReturn({
    data: Array.from({ length: count }, (_, index) => ({
      ...{ slug: `plum-${index}`, name: `Plum ${scattered(index) % 3}` },
      ...{ memberCount: scattered(index) % 4, createdAt: at(index) },
    })),
  });
  const expiresAt = new Date(Date.now() + DAY_MS);
  for (const [index, { id: userId }] of users.entries()) {
    const createdAt = at(index);
    const hash = crypto.getRandomValues(new Uint8Array(32));
    await prisma.session.create({
      data: { userId, kind: 'TOKEN', tokenHash: hash, createdAt, lastUsedAt: createdAt, expiresAt },
    });
    await prisma.invitation.create({
      data: { codeHash: hash, createdById: userId, usesLeft: 1, createdAt, expiresAt },
    });
    const roomId = rooms[index]!.id;
    await prisma.roomLink.create({
      data: { codeHash: hash, createdById: userId, roomId, maxUses: 1, createdAt, expiresAt },
    });
    await prisma.membership.create({ data: { roomId, userId, joinedAt: createdAt } });
    await prisma.roomBan.create({
      data: { roomId, userId, byId: all.root.user.id, createdAt },
    });
    await prisma.file.create({
      data: {
        ...{ id: crypto.randomUUID(), uploaderId: userId, roomId, idempotencyKey: 'a', createdAt },
        ...{ name: `file ${index % 3}`, mediaType: 'text/plain', size: index % 5, hash },
      },
    });
    await postMessage(app, all.bob, {
      ...{ roomId: all.room.id, body: `plum ${index}`, idempotencyKey: String(index) },
    });
  }
  await collected(app);
  return all;
}

const LISTS: [name: string, orders: string[], fields: string][] = [
  ['users', ['USERNAME', 'DISPLAY_NAME', 'CREATED_AT'], 'id'],
  ['rooms', ['NAME', 'CREATED_AT', 'MEMBER_COUNT'], 'id'],
  ['sessions', ['CREATED_AT', 'LAST_USED_AT'], 'id'],
  ['memberships', ['JOINED_AT', 'USERNAME'], 'id'],
  ['messages', ['CREATED_AT'], 'id'],
  ['files', ['CREATED_AT', 'SIZE', 'NAME'], 'id'],
  ['invitations', ['CREATED_AT', 'EXPIRES_AT'], 'id'],
  ['roomLinks', ['CREATED_AT', 'EXPIRES_AT'], 'id'],
  ['roomBans', ['CREATED_AT'], 'id'],
];

test('every list is read to its end in every order, forth and back, without a repeat or a gap', async () => {
  await using server = await startApp();
  const { root } = await fill(server.app, 11);
  for (const [name, orders, fields] of LISTS) {
    const whole = await list(server, root, name, { fields, page: 'first: 500' });
    expect(whole.totalCount, name).toBe(whole.nodes.length);
    expect(whole.nodes.length, name).toBeGreaterThan(10);
    const ids = (nodes: { id: string }[]) => nodes.map(({ id }) => id);
    for (const field of orders) {
      for (const direction of ['ASC', 'DESC']) {
        const orderBy = `field: ${field}, direction: ${direction}`;
        const read = async (next: (page: any) => string | null) => {
          const found: string[][] = [];
          for (let page: string | null = next(null); page !== null;) {
            const part = await list(server, root, name, { fields, orderBy, page });
            found.push(ids(part.nodes));
            page = next(part);
          }
          return found;
        };
        const forth = await read((page) =>
          page === null
            ? 'first: 4'
            : page.pageInfo.hasNextPage
              ? `first: 4, after: "${page.pageInfo.endCursor}"`
              : null,
        );
        const back = await read((page) =>
          page === null
            ? 'last: 4'
            : page.pageInfo.hasPreviousPage
              ? `last: 4, before: "${page.pageInfo.startCursor}"`
              : null,
        );
        expect(new Set(forth.flat()), `${name} ${orderBy}`).toEqual(new Set(ids(whole.nodes)));
        expect(forth.flat().length, `${name} ${orderBy}`).toBe(whole.totalCount);
        expect(back.reverse().flat(), `${name} ${orderBy}`).toEqual(forth.flat());
      }
    }
  }
});

test('orders are those of the values, both ways', async () => {
  await using server = await startApp();
  const { root } = await fill(server.app, 11);
  const values = async (name: string, field: string, fields: string, direction: string) =>
    (
      await list(server, root, name, {
        fields,
        orderBy: `field: ${field}, direction: ${direction}`,
      })
    ).nodes;
  const sizes = (await values('files', 'SIZE', 'size', 'ASC')).map(({ size }: any) => size);
  expect(sizes).toEqual(sizes.toSorted((a: number, b: number) => a - b));
  const joined = (await values('memberships', 'JOINED_AT', 'joinedAt', 'DESC')).map(
    ({ joinedAt }: any) => joinedAt,
  );
  expect(joined).toEqual(joined.toSorted().reverse());
  const counts = (await values('rooms', 'MEMBER_COUNT', 'memberCount', 'DESC')).map(
    ({ memberCount }: any) => memberCount,
  );
  expect(counts).toEqual(counts.toSorted((a: number, b: number) => b - a));
  const names = (await values('users', 'USERNAME', 'user { username }', 'ASC')).map(
    ({ user }: any) => user.username.toLowerCase(),
  );
  expect(names[0]).toBe('ann');
});

test('what comes and goes while a list is read moves nothing else, also where the page’s last row goes', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root } = await people(app);
  const make = (name: string) =>
    app.db.prisma.user.create({ data: { username: name, usernameKey: name, displayName: name } });
  for (const name of ['c', 'e', 'g', 'i', 'k']) await make(`z${name}`);
  const page = (arguments_: string) =>
    list(server, root, 'users', {
      ...{ search: 'z', orderBy: 'field: USERNAME', fields: 'user { username }' },
      page: arguments_,
    });
  const names = ({ nodes }: any) => nodes.map(({ user }: any) => user.username);
  const first = await page('first: 2');
  expect(names(first)).toEqual(['zc', 'ze']);
  await make('za');
  await make('zf');
  await app.db.prisma.user.delete({ where: { usernameKey: 'ze' } });
  const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
  expect(names(second)).toEqual(['zf', 'zg']);
  const back = await page(`last: 5, before: "${second.pageInfo.startCursor}"`);
  expect(names(back)).toEqual(['za', 'zc']);
  expect(back.pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
});

test('cursors of another order, or of nothing, are refused', async () => {
  await using server = await startApp();
  const { root } = await people(server.app);
  const { pageInfo } = await list(server, root, 'users', { fields: 'id' });
  const forged = [
    ...['', 'plum', 'W10', '0'],
    Buffer.from('["USERNAME", "a\\u0000", "x"]').toString('base64url'),
    Buffer.from('["CREATED_AT", "yesterday", "x"]').toString('base64url'),
    Buffer.from('["CREATED_AT", 1, null]').toString('base64url'),
    Buffer.from(
      JSON.stringify(['CREATED_AT', '2026-02-30T00:00:00Z', crypto.randomUUID()]),
    ).toString('base64url'),
    pageInfo.endCursor,
  ];
  for (const cursor of forged) {
    const query = `{ administration { users(orderBy: {field: CREATED_AT}, after: "${cursor}") { edges { cursor } } } }`;
    const { errors } = await ask(server.url, query, {}, bearer(root.token));
    // An empty cursor is none of any list.
    expect(errors?.[0]?.extensions?.code, cursor).toBe('INVALID_INPUT');
  }
});

test('what takes too long to count is not counted, and the page is there', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root } = await people(app);
  const { read } = app.searching;
  app.searching.read = (search) =>
    read((client) => {
      const slowly = ({ text, values }: { text: string; values: unknown[] }) =>
        client.query(text.includes('count(*)') ? { text: 'SELECT pg_sleep(9)' } : { text, values });
      return search({ query: slowly } as unknown as typeof client);
    });
  const { totalCount, nodes } = await list(server, root, 'users', { fields: 'id' });
  expect([totalCount, nodes.length]).toEqual([null, 4]);
});

test('a search is for what was typed, whatever it means to a database', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root } = await people(app);
  const names = ['100%', 'a_b', 'axb', `o'brien`, 'back\\slash', '"quoted"', 'ÄRGER'];
  for (const [index, displayName] of names.entries()) {
    const username = `user${index}`;
    await app.db.prisma.user.create({ data: { username, usernameKey: username, displayName } });
  }
  const found = async (search: string) =>
    (await list(server, root, 'users', { search, fields: 'user { displayName }' })).nodes.map(
      ({ user }: any) => user.displayName,
    );
  expect(await found('%')).toEqual(['100%']);
  expect(await found('a_b')).toEqual(['a_b']);
  expect(await found(`'`)).toEqual([`o'brien`]);
  expect(await found('\\')).toEqual(['back\\slash']);
  expect(await found('"')).toEqual(['"quoted"']);
  expect(await found('ärg')).toEqual(['ÄRGER']);
  expect(await found(`'; DROP TABLE session; --`)).toEqual([]);
  expect(await found('\0\ud800')).toEqual([]);
  expect((await found('  ')).length).toBe(names.length + 4);
  for (const name of LISTS.map(([list]) => list)) {
    for (const search of [
      '%',
      `'`,
      '"',
      '\\',
      '(',
      '*',
      ':',
      '&',
      '!',
      '<->',
      '\0',
      'x'.repeat(999),
    ]) {
      await list(server, root, name, { search, fields: 'id' });
    }
  }
});

test('filters hold together', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, room } = await people(app);
  const mia = await person(app, 'mia');
  await banUser(app, root, { userId: eve.user.id, reason: null, until: null });
  await deactivateUser(app, root, { userId: bob.user.id });
  const users = async (filter: string, search?: string) =>
    (
      await list(server, root, 'users', {
        filter,
        search,
        fields: 'state user { username }',
      } as ListOptions)
    ).nodes.map(({ state, user }: any) => `${user.username} ${state}`);
  expect(await users('states: [BANNED]')).toEqual(['eve BANNED']);
  expect(await users('states: [BANNED, DEACTIVATED]')).toEqual(['bob DEACTIVATED', 'eve BANNED']);
  expect(await users('states: [ACTIVE], roles: [MEMBER]')).toEqual(['ann ACTIVE', 'mia ACTIVE']);
  expect(await users('states: [ACTIVE], roles: [MEMBER]', 'MI')).toEqual(['mia ACTIVE']);
  expect(await users('states: []')).toEqual([]);
  expect(await users(`until: "${mia.user.createdAt.toISOString()}", roles: [OWNER]`)).toEqual([
    'root ACTIVE',
  ]);
  expect(await users(`since: "${mia.user.createdAt.toISOString()}"`)).toEqual(['mia ACTIVE']);

  const roomId = encodeNodeId('Room', room.id);
  const members = async (filter: string) =>
    (
      await list(server, root, 'memberships', { filter, fields: 'role user { username }' })
    ).nodes.map(({ role, user }: any) => `${user.username} ${role}`);
  expect(await members(`roomId: "${roomId}", roles: [OWNER]`)).toEqual(['ann OWNER']);
  expect(await members(`userId: "${encodeNodeId('User', bob.user.id)}"`)).toEqual(['bob MEMBER']);
  await banMember(app, ann, { roomId: room.id, userId: mia.user.id, reason: null, until: null });
  const bans = await list(server, root, 'roomBans', {
    filter: `roomId: "${roomId}"`,
    fields: 'id by { username }',
  });
  expect(bans.nodes).toMatchObject([{ by: { username: 'ann' } }]);
  await createRoomLink(app, ann, { roomId: room.id, maxUses: 3, expiresInDays: 1 });
  const links = await list(server, root, 'roomLinks', {
    filter: `roomId: "${roomId}"`,
    search: 'GARD',
    fields: 'maxUses',
  });
  expect(links.nodes).toEqual([{ maxUses: 3 }]);
  await createInvitation(app, root, { maxUses: 2, expiresInDays: 1 });
  const invitations = await list(server, root, 'invitations', {
    search: 'root',
    fields: 'usesLeft createdBy { username }',
  });
  expect(invitations.nodes).toEqual([{ usesLeft: 2, createdBy: { username: 'root' } }]);
});

test('a filter by what is no id of its kind is refused, also by an empty one', async () => {
  await using server = await startApp();
  const { root, roomId } = await people(server.app);
  const filters = [
    ...['sessions.userId', 'memberships.roomId', 'memberships.userId', 'messages.roomId'],
    ...['messages.authorId', 'files.roomId', 'files.uploaderId', 'roomLinks.roomId'],
    ...['roomBans.roomId', 'roomBans.userId'],
  ].map((path) => path.split('.') as [string, string]);
  const query = (list: string, field: string, id: string) =>
    `${list}(filter: {${field}: "${id}"}) { pageInfo { endCursor } }`;
  const queries = (id: string) => [
    ...filters.map(([list, field]) => `{ administration { ${query(list, field, id)} } }`),
    ...['actorId', 'userId', 'roomId'].map((field) => `{ ${query('auditLog', field, id)} }`),
    ...['roomId', 'authorId', 'reporterId'].map((field) => `{ ${query('reports', field, id)} }`),
  ];
  const membership = encodeNodeId('Membership', Buffer.from(roomId, 'base64url').toString());
  for (const id of ['', 'plum', membership]) {
    for (const text of queries(id)) {
      const { errors } = await ask(server.url, text, {}, bearer(root.token));
      expect(errors?.[0]?.extensions?.code, text).toBe('NOT_FOUND');
    }
  }
});

test('messages are found by room, author, time, words, and by what became of them', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, room } = await people(app);
  const other = await createRoom(app, ann, {
    slug: 'shed',
    name: null,
    topic: null,
    visibility: 'PUBLIC',
  });
  const say = (who: TestPerson, roomId: string, body: string) =>
    postMessage(app, who, { roomId, body, idempotencyKey: body });
  await say(ann, room.id, 'red plums');
  const deleted = await say(bob, room.id, 'green plums');
  const reported = await say(ann, other.id, 'bad pears');
  await say(bob, room.id, 'pears and plums');
  await deleteMessage(app, bob, { roomId: room.id, seq: deleted.seq });
  await reportMessage(app, eve, { roomId: other.id, seq: reported.seq, reason: 'Pears.' });
  await collected(app);
  const bodies = async (filter: string, search?: string) =>
    (
      await list(server, root, 'messages', {
        ...{ fields: 'body reportCount', orderBy: 'field: CREATED_AT' },
        ...(filter && { filter }),
        ...(search !== undefined && { search }),
      })
    ).nodes.map(({ body }: any) => body);
  const roomId = (id: string) => `roomId: "${encodeNodeId('Room', id)}"`;
  const authorId = `authorId: "${encodeNodeId('User', bob.user.id)}"`;
  expect(await bodies('')).toEqual(['red plums', '', 'bad pears', 'pears and plums']);
  expect(await bodies(roomId(room.id))).toEqual(['red plums', '', 'pears and plums']);
  expect(await bodies('isDeleted: true')).toEqual(['']);
  expect(await bodies('isDeleted: false')).toEqual(['red plums', 'bad pears', 'pears and plums']);
  expect(await bodies(`${roomId(room.id)}, isDeleted: false, ${authorId}`)).toEqual([
    'pears and plums',
  ]);
  expect(await bodies(authorId)).toEqual(['', 'pears and plums']);
  expect(await bodies('isReported: true')).toEqual(['bad pears']);
  expect(await bodies(`isReported: true, ${roomId(room.id)}`)).toEqual([]);
  expect(await bodies(`isReported: false, ${authorId}`)).toEqual(['', 'pears and plums']);
  expect(await bodies('', 'PLUMS')).toEqual(['red plums', 'pears and plums']);
  expect(await bodies(roomId(other.id), 'pears')).toEqual(['bad pears']);
  expect(await bodies('', 'pears -bad')).toEqual(['pears and plums']);
  expect(await bodies('', '!?')).toEqual([]);
  expect(await bodies(`since: "${reported.createdAt.toISOString()}", isDeleted: false`)).toEqual([
    'bad pears',
    'pears and plums',
  ]);
  const query = '{ administration { messages(search: "from:ann") { totalCount } } }';
  const { errors } = await ask(server.url, query, {}, bearer(root.token));
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'search' } }]);
});

test('what records count is what is there', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, room, roomId } = await people(app);
  const say = (who: TestPerson, body: string, thread: number | null = null) =>
    postMessage(app, who, { roomId: room.id, body, idempotencyKey: body, thread });
  const userId = encodeNodeId('User', bob.user.id);
  const query = `{ administration {
    user(userId: "${userId}") { messageCount roomCount sessionCount fileCount fileBytes lastUsedAt ban { reason } ownsAlone { slug } }
    ann: user(userId: "${encodeNodeId('User', ann.user.id)}") { messageCount ownsAlone { slug } }
    room(roomId: "${roomId}") { messageCount fileCount fileBytes lastMessageAt memberCount isReadable owners { username } }
  } }`;
  const look = async () => (await run(server.url, query, {}, root.token)).administration;
  expect(await look()).toMatchObject({
    user: {
      messageCount: 0,
      roomCount: 1,
      sessionCount: 1,
      fileCount: 0,
      fileBytes: 0,
      ban: null,
      ownsAlone: [],
    },
    ann: { messageCount: 0, ownsAlone: [{ slug: 'garden' }] },
    room: {
      messageCount: 0,
      fileCount: 0,
      lastMessageAt: null,
      memberCount: 2,
      isReadable: true,
      owners: [{ username: 'ann' }],
    },
  });
  const first = await say(bob, 'one');
  await say(ann, 'two', first.seq);
  const third = await say(bob, 'three');
  await app.db.prisma.file.create({
    data: {
      ...{ id: crypto.randomUUID(), uploaderId: bob.user.id, roomId: room.id, idempotencyKey: 'a' },
      ...{
        name: 'a',
        mediaType: 'text/plain',
        size: 7,
        hash: Buffer.alloc(32),
        messageSeq: first.seq,
      },
    },
  });
  expect(await look()).toMatchObject({
    user: { messageCount: 2, fileCount: 1, fileBytes: 7 },
    ann: { messageCount: 1 },
    room: {
      messageCount: 3,
      fileCount: 1,
      fileBytes: 7,
      lastMessageAt: third.createdAt.toISOString(),
    },
  });
  await deleteMessage(app, bob, { roomId: room.id, seq: third.seq });
  expect(await look()).toMatchObject({ user: { messageCount: 1 }, room: { messageCount: 2 } });
  await app.db.prisma.membership.update({
    where: { roomId_userId: { roomId: room.id, userId: bob.user.id } },
    data: { role: 'OWNER' },
  });
  expect(await look()).toMatchObject({ user: { ownsAlone: [] }, ann: { ownsAlone: [] } });
});

test('messages are counted right by all who count at once while they are said and deleted', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const count = () => app.records.ofRooms.messageCount.ask(room.id);
  const posts = Array.from({ length: 60 }, async (_, index) => {
    const who = index % 2 ? ann : bob;
    const posted = await postMessage(app, who, {
      ...{ roomId: room.id, body: 'plum', idempotencyKey: String(index) },
    });
    if (index % 3 === 0) await deleteMessage(app, who, { roomId: room.id, seq: posted.seq });
    await Promise.all([count(), app.records.ofUsers.messageCount.ask(ann.user.id)]);
  });
  await Promise.all(posts);
  expect(await count()).toBe(40);
  const [anns, bobs] = await Promise.all(
    [ann, bob].map(({ user }) => app.records.ofUsers.messageCount.ask(user.id)),
  );
  const standing = await app.db.prisma.message.groupBy({
    ...{ by: ['authorId'], where: { deletedAt: null }, _count: true },
  });
  const of = ({ user }: TestPerson) =>
    standing.find(({ authorId }) => authorId === user.id)?._count;
  expect([anns, bobs]).toEqual([of(ann), of(bob)]);
});

test('a room that is deleted while messages are counted is not counted', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, room } = await people(app);
  const input = { slug: 'shed', name: null, topic: null, visibility: 'PUBLIC' } as const;
  const shed = await createRoom(app, ann, input);
  for (const roomId of [room.id, shed.id])
    await postMessage(app, ann, { roomId, body: 'plum', idempotencyKey: roomId });
  const client = await app.db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('DELETE FROM room WHERE id = $1', [shed.id]);
    const counted = app.records.ofUsers.messageCount.ask(ann.user.id);
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const count = async () => (await app.db.pool.query<{ count: number }>(waiting)).rows[0]!.count;
    await expect.poll(count).toBe(1);
    await client.query('COMMIT');
    expect(await counted).toBe(1);
  } finally {
    client.release();
  }
});

test('a page of records is asked for in a few statements, however long it is', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root } = await fill(app, 30);
  const counted = async (first: number) => {
    let statements = 0;
    const query = app.db.pool.query;
    app.db.pool.query = function (this: typeof app.db.pool, ...args: any[]) {
      statements++;
      return (query as any).apply(this, args);
    } as typeof query;
    try {
      await list(server, root, 'users', {
        fields:
          'messageCount roomCount fileCount sessionCount ban { reason } ownsAlone { slug messageCount owners { username } }',
        page: `first: ${first}`,
      });
      await list(server, root, 'memberships', {
        fields:
          'user { username } room { messageCount fileBytes lastMessageAt owners { username } }',
        page: `first: ${first}`,
      });
    } finally {
      app.db.pool.query = query;
    }
    return statements;
  };
  expect(await counted(30)).toBeLessThanOrEqual((await counted(2)) + 2);
});
