import { expect, test } from 'vitest';
import { roomFor } from '../access.ts';
import { visibleRooms } from '../visibility.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { listRooms } from './directory.ts';
import { findNamed, joinRoom, leaveRoom } from './membership.ts';
import { createRoom, findRoomBySlug, renameRoom, setTopic } from './room.ts';

const ROOM = { slug: 'kitchen', name: null, topic: null, visibility: 'PUBLIC' } as const;

test('its maker owns it, is its first member, and its name is the slug where none is given', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const room = await createRoom(server.app, ann, ROOM);
  expect(room).toMatchObject({ slug: 'kitchen', name: 'kitchen', memberCount: 1, lastSeq: 1 });
  const viewed = await roomFor(server.app, ann, { id: room.id }, 'edit');
  expect(viewed.viewerMembership?.role).toBe('OWNER');
});

test('a slug that is taken is a CONFLICT, whoever asks and however often at once', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const results = await Promise.allSettled(
    [ann, bob, ann, bob].map((viewer) => createRoom(server.app, viewer, ROOM)),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') {
      expect(result.reason).toMatchObject({ code: 'CONFLICT', details: { field: 'slug' } });
    }
  }
});

test.each([
  '',
  'Kitchen',
  'a b',
  '-a',
  'a-',
  'a--b',
  'a/b',
  'a.b',
  '..',
  'x'.repeat(65),
  'ﬁsh',
  'a\u{200B}b',
])('%j is no slug', async (slug) => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  await expect(createRoom(server.app, ann, { ...ROOM, slug })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field: 'slug' },
  });
});

test('a slug may be of any script, and is found in any case', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  for (const slug of ['küche-2', '厨房', 'кухня', 'मंच']) {
    await createRoom(server.app, ann, { ...ROOM, slug });
    expect(await findRoomBySlug(server.app, ann, slug.toUpperCase())).toMatchObject({ slug });
  }
});

test.each([
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(81) }],
  ['name', { name: 'a\nb' }],
  ['topic', { topic: 'x'.repeat(251) }],
  ['topic', { topic: 'a\0b' }],
])('a %s that is not acceptable is INVALID_INPUT: %j', async (field, change) => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  await expect(createRoom(server.app, ann, { ...ROOM, ...change })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field },
  });
});

test('owners and administrators rename it and set its topic; members and strangers do not', async () => {
  await using server = await startApp();
  const { root, ann, bob, eve, room } = await people(server.app);
  expect(
    await renameRoom(server.app, ann, { roomId: room.id, name: ' Big garden ' }),
  ).toMatchObject({ name: 'Big garden' });
  expect(await setTopic(server.app, root, { roomId: room.id, topic: 'Plants' })).toMatchObject({
    topic: 'Plants',
  });
  expect(await setTopic(server.app, ann, { roomId: room.id, topic: '  ' })).toMatchObject({
    topic: null,
  });
  for (const viewer of [bob, eve]) {
    await expect(
      renameRoom(server.app, viewer, { roomId: room.id, name: 'Mine' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      setTopic(server.app, viewer, { roomId: room.id, topic: 'Mine' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
});

test('a change that changes nothing is no event; each event names what was before it', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const { lastSeq } = await roomFor(server.app, ann, { id: room.id }, 'read');
  await renameRoom(server.app, ann, { roomId: room.id, name: 'Garden' });
  await setTopic(server.app, ann, { roomId: room.id, topic: null });
  await Promise.all(
    ['A', 'B', 'C', 'D'].map((name) => renameRoom(server.app, ann, { roomId: room.id, name })),
  );
  const events = await server.app.db.prisma.roomEvent.findMany({
    where: { roomId: room.id, seq: { gt: lastSeq } },
    orderBy: { seq: 'asc' },
  });
  const names = events.map(({ data }) => data as { name: string; previousName: string });
  expect(names).toHaveLength(4);
  names.reduce((before, { name, previousName }) => {
    expect(previousName).toBe(before);
    return name;
  }, 'Garden');
});

test('joining and leaving at once count right, and twice is once', async () => {
  await using server = await startApp();
  const { ann, bob, eve, room } = await people(server.app);
  const moves = [];
  for (let round = 0; round < 8; round++) {
    for (const viewer of [bob, eve]) {
      moves.push(joinRoom(server.app, viewer, { roomId: room.id }));
      moves.push(leaveRoom(server.app, viewer, { roomId: room.id }));
    }
  }
  await Promise.all(moves);
  const { memberCount } = await joinRoom(server.app, ann, { roomId: room.id });
  expect(memberCount).toBe(
    await server.app.db.prisma.membership.count({ where: { roomId: room.id } }),
  );
  const log = await server.app.db.prisma.roomEvent.findMany({
    where: { roomId: room.id },
    orderBy: { seq: 'asc' },
  });
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  // Of each person, joins and leaves alternate.
  for (const viewer of [bob, eve]) {
    const kinds = log.filter(({ actorId }) => actorId === viewer.user.id).map(({ kind }) => kind);
    for (const [index, kind] of kinds.entries()) {
      expect(kind).toBe(index % 2 === 0 ? 'MEMBER_JOINED' : 'MEMBER_LEFT');
    }
  }
});

test('a private room is not there for others, in any way of asking', async () => {
  await using server = await startApp();
  const { root, ann, bob } = await people(server.app);
  const room = await createRoom(server.app, ann, { ...ROOM, visibility: 'PRIVATE' });
  expect(await findRoomBySlug(server.app, ann, 'kitchen')).not.toBeNull();
  for (const viewer of [bob, root]) {
    expect(await findRoomBySlug(server.app, viewer, 'kitchen')).toBeNull();
    await expect(joinRoom(server.app, viewer, { roomId: room.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const listed = await listRooms(server.app, viewer, { search: 'kit', joined: null }, {}, {});
    expect(listed).toEqual([]);
    expect(
      await server.app.db.prisma.room.count({ where: { ...visibleRooms(viewer), id: room.id } }),
    ).toBe(0);
  }
  const id = Buffer.from(`Room:${room.id}`).toString('base64url');
  const none = await ask(server.url, `{ node(id: "${id}") { id } }`, {}, bearer(bob.token));
  expect(none).toMatchObject({ data: { node: null } });
  expect(none.errors).toBeUndefined();
});

test('of what does not exist, node gives null', async () => {
  await using server = await startApp();
  const { bob } = await people(server.app);
  const nobody = '00000000-0000-4000-8000-000000000000';
  const keys = {
    User: nobody,
    Session: nobody,
    Room: nobody,
    Membership: `${nobody}.${nobody}`,
    Message: `${nobody}.1`,
  };
  for (const [type, key] of Object.entries(keys)) {
    const id = Buffer.from(`${type}:${key}`).toString('base64url');
    const { data, errors } = await ask(
      server.url,
      'query ($id: ID!) { node(id: $id) { id } }',
      { id },
      bearer(bob.token),
    );
    expect({ type, data, errors }).toEqual({ type, data: { node: null }, errors: undefined });
  }
});

test('the directory searches name, slug and topic in any case, and pages both ways', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  for (let number = 1; number <= 7; number++) {
    await createRoom(server.app, ann, {
      ...ROOM,
      slug: `room-${number}`,
      name: `Room ${number}`,
      topic: number === 3 ? '100% Käse' : null,
    });
  }
  const search = async (text: string) =>
    (await listRooms(server.app, bob, { search: text, joined: null }, {}, {})).map((r) => r.slug);
  expect(await search('ROOM 5')).toEqual(['room-5']);
  expect(await search('room-7')).toEqual(['room-7']);
  expect(await search('100% kÄSE')).toEqual(['room-3']);
  expect(await search('10_%')).toEqual([]);
  expect(
    (await listRooms(server.app, bob, { search: null, joined: true }, {}, {})).map((r) => r.slug),
  ).toEqual(['garden']);

  const page = `query ($after: String, $before: String, $first: Int, $last: Int) {
    rooms(after: $after, before: $before, first: $first, last: $last) {
      edges { node { slug } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;
  const forward: string[] = [];
  for (let after: string | null = null; ;) {
    const { rooms }: any = await run(server.url, page, { first: 3, after }, bob.token);
    forward.push(...rooms.edges.map((edge: any) => edge.node.slug));
    if (!rooms.pageInfo.hasNextPage) break;
    after = rooms.pageInfo.endCursor;
  }
  expect(forward).toEqual(['garden', ...[1, 2, 3, 4, 5, 6, 7].map((n) => `room-${n}`)]);
  const backward: string[] = [];
  for (let before: string | null = null; ;) {
    const { rooms }: any = await run(server.url, page, { last: 3, before }, bob.token);
    backward.unshift(...rooms.edges.map((edge: any) => edge.node.slug));
    if (!rooms.pageInfo.hasPreviousPage) break;
    before = rooms.pageInfo.startCursor;
  }
  expect(backward).toEqual(forward);
});

test('while logged out nothing of rooms is told', async () => {
  await using server = await startApp();
  const { roomId } = await people(server.app);
  const operations = [
    '{ rooms { edges { node { id } } } }',
    '{ room(slug: "garden") { id } }',
    `{ node(id: "${roomId}") { id } }`,
    `mutation { joinRoom(input: { roomId: "${roomId}" }) { room { id } } }`,
    'mutation { createRoom(input: { slug: "mine" }) { room { id } } }',
  ];
  for (const operation of operations) {
    const { errors } = await ask(server.url, operation);
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  }
});

test('members are found by how a username, a display name or a word in it begins', async () => {
  await using server = await startApp();
  const { ann, bob, eve, room } = await people(server.app);
  await joinRoom(server.app, eve, { roomId: room.id });
  await server.app.db.prisma.user.update({
    where: { id: bob.user.id },
    data: { displayName: 'Robert of A%rau' },
  });
  const found = async (search: string) => {
    const data = await run(
      server.url,
      `query ($search: String) {
        room(slug: "garden") { members(first: 5, search: $search) { edges { node { user { username } } } } }
      }`,
      { search },
      ann.token,
    );
    return data.room.members.edges.map((edge: any) => edge.node.user.username);
  };
  expect(await found('A')).toEqual(['ann', 'bob']);
  expect(await found('BO')).toEqual(['bob']);
  expect(await found('robert of')).toEqual(['bob']);
  expect(await found('a%')).toEqual(['bob']);
  expect(await found('nn')).toEqual([]);
  // The administrator is no member.
  expect(await found('root')).toEqual([]);
  expect(await found(' ')).toEqual(['ann', 'bob', 'eve']);
});

test('rooms are looked up by their addresses, and only those that the viewer sees', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  await createRoom(server.app, ann, { ...ROOM, slug: 'hidden', visibility: 'PRIVATE' });
  const ROOMS = 'query ($slugs: [String!]!) { roomsBySlug(slugs: $slugs) { slug } }';
  const found = async (token: string, slugs: string[]) => {
    const { roomsBySlug } = await run(server.url, ROOMS, { slugs }, token);
    return roomsBySlug.map(({ slug }: { slug: string }) => slug).sort();
  };
  const slugs = ['GARDEN', 'hidden', 'nowhere'];
  expect(await found(ann.token, slugs)).toEqual(['garden', 'hidden']);
  expect(await found(bob.token, slugs)).toEqual(['garden']);
  const tooMany = Array.from({ length: 101 }, (_, n) => `room-${n}`);
  const { errors } = await ask(server.url, ROOMS, { slugs: tooMany }, bearer(bob.token));
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'slugs' });
});

test('who bears a name is told with whether they belong to the room, to those who see it', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const hidden = await createRoom(server.app, ann, {
    ...ROOM,
    slug: 'hidden',
    visibility: 'PRIVATE',
  });
  const NAMED = `query ($slug: String!, $usernames: [String!]!) {
    room(slug: $slug) { namedUsers(usernames: $usernames) { isMember user { username } } }
  }`;
  const named = async (slug: string, usernames: string[]) => {
    const { room } = await run(server.url, NAMED, { slug, usernames }, ann.token);
    return Object.fromEntries(room.namedUsers.map((n: any) => [n.user.username, n.isMember]));
  };
  expect(await named('garden', ['BOB', 'eve', 'nobody'])).toEqual({ bob: true, eve: false });
  expect(await named('hidden', ['ann', 'bob'])).toEqual({ ann: true, bob: false });
  await expect(
    findNamed(server.app, bob, { roomId: hidden.id, usernames: ['ann'] }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const usernames = Array.from({ length: 51 }, (_, n) => `name${n}`);
  const { errors } = await ask(server.url, NAMED, { slug: 'garden', usernames }, bearer(ann.token));
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'usernames' });
});
