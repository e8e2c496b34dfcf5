import { expect, test } from 'vitest';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { deleteMessage } from '../message/deletion.ts';
import { editMessage } from '../message/editing.ts';
import { postMessage } from '../message/message.ts';
import { pinMessage } from '../message/pin.ts';
import { nodeKey } from '../node-id.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { createRoom } from '../room/room.ts';
import { ask, bearer, run } from '../test/client.ts';
import { collected } from '../test/collected.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { picture, uploaded } from '../test/uploads.ts';
import { searchMessages } from './search.ts';

const say = (app: App, viewer: Viewer, roomId: string, body: string) =>
  postMessage(app, viewer, { roomId, body, idempotencyKey: crypto.randomUUID() });

/** What somebody finds once all is collected, the best first. */
async function search(app: App, viewer: Viewer, query: string, first = 100): Promise<string[]> {
  await collected(app);
  const input = { query, timeZone: 'UTC', first, after: null };
  return (await searchMessages(app, viewer, input)).found.map(({ message }) => message.body);
}

test.each([
  ['words in any order and case', 'FOX brown', 'The quick brown fox', 'A brown dog'],
  ['the beginning of a word', 'elepha', 'An elephant!', 'An antelope'],
  ['any part of a word', 'shelf', 'On the bookshelf', 'On the table'],
  ['without the accents', 'creme brulee', 'Crème brûlée', 'Cream'],
  ['with accents that were not typed', 'naïve', 'How naive', 'Native'],
  ['letters that stand for two', 'strasse', 'In dieser Straße', 'Gasse'],
  ['Cyrillic in any case', 'привет', 'ПРИВЕТ всем', 'пока'],
  ['two characters within Japanese', '天気', '今日は天気がいいですね', '気が天'],
  ['one character of Chinese', '茶', '我喜欢喝茶', '我喜欢咖啡'],
  ['a part of Thai', 'ไทย', 'ผมพูดภาษาไทยได้', 'ผมพูดได้'],
  ['a part of a Korean word', '학교', '나는 학교에서', '나는 집에서'],
  ['an emoji', '🎉', 'Done🎉🎉', 'Done'],
  ['a phrase', '"brown fox"', 'quick brown fox', 'fox, brown'],
  ['an apostrophe', 'don’t', 'I don’t know', 'I do'],
  ['part of an address', 'example', 'see https://www.example.org/a?b=c', 'see there'],
  ['a name with an underscore', 'max_size', 'set max_size=3', 'set size'],
  ['what is not excluded', 'fox -brown', 'a red fox', 'a brown fox'],
])('%s: %s', async (_title, query, found, other) => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  await say(server.app, ann, room.id, other);
  await say(server.app, ann, room.id, found);
  expect(await search(server.app, ann, query)).toEqual([found]);
});

test('what says more of it stands first, whole words before parts, and the newer of two alike', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  const texts = [
    'rose rose rose',
    'a primrose in the garden',
    'one rose among many other flowers of that garden, as it were',
    'one rose among many other plants of that garden, as it were',
  ];
  for (const text of texts) await say(server.app, ann, room.id, text);
  expect(await search(server.app, ann, 'rose')).toEqual([texts[0], texts[3], texts[2], texts[1]]);
});

test('operators narrow it down, together and alone', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, room, roomId } = await people(app);
  const other = await createRoom(app, ann, {
    ...{ slug: 'kitchen', name: null, topic: null, visibility: 'PUBLIC' },
  });
  await joinRoom(app, bob, { roomId: other.id });
  const sendFile = async (text: string, body: Buffer) => {
    const { id } = await uploaded(server.url, ann.token, { roomId, body });
    const fileIds = [nodeKey('File', id)];
    const idempotencyKey = crypto.randomUUID();
    await postMessage(app, ann, { roomId: room.id, body: text, idempotencyKey, fileIds });
  };
  await say(app, ann, room.id, 'plain words');
  const { seq } = await say(app, bob, room.id, 'words with https://example.org');
  await say(app, ann, other.id, 'words for @bob, and @bobby.');
  await say(app, ann, other.id, 'words for @bobby only');
  await pinMessage(app, ann, { roomId: room.id, seq });
  await say(app, ann, other.id, 'everybody, @all');
  await say(app, bob, other.id, 'I, @bob, and `@bob` in code');
  await sendFile('notes of mine', Buffer.from('of mine'));
  await sendFile('a picture', await picture(2, 2));
  const day = new Date().toISOString().slice(0, 10);
  const expected: Record<string, string[]> = {
    'words from:bob': ['words with https://example.org'],
    'from:@BOB': ['words with https://example.org', 'I, @bob, and `@bob` in code'],
    'words from:me in:garden': ['plain words'],
    'in:#kitchen "words for"': ['words for @bobby only', 'words for @bob, and @bobby.'],
    'has:link': ['words with https://example.org'],
    'has:file': ['notes of mine', 'a picture'],
    'has:FILE notes': ['notes of mine'],
    'has:image': ['a picture'],
    'is:pinned in:garden': ['words with https://example.org'],
    'is:pinned': ['words with https://example.org'],
    [`plain after:${day}`]: ['plain words'],
    [`plain before:${day}`]: [],
    'from:nobody words': [],
    'in:nowhere words': [],
  };
  for (const [query, found] of Object.entries(expected)) {
    expect([query, (await search(app, ann, query)).toSorted()]).toEqual([query, found.toSorted()]);
  }
  const mentioning = ['everybody, @all', 'words for @bob, and @bobby.'];
  expect(await search(app, bob, 'mentions:me')).toEqual(mentioning);
  await leaveRoom(app, bob, { roomId: other.id });
  expect(await search(app, bob, 'mentions:me')).toEqual(mentioning.slice(1));
  expect(await search(app, eve, 'mentions:me')).toEqual([]);
});

test('of a room that one may not see nothing is found, from the moment one leaves', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve } = await people(app);
  const secret = await createRoom(app, ann, {
    ...{ slug: 'secret', name: null, topic: null, visibility: 'PRIVATE' },
  });
  await app.db.prisma.membership.create({ data: { roomId: secret.id, userId: bob.user.id } });
  await say(app, ann, secret.id, 'the treasure of @eve is at https://example.org');
  const { found, hasNextPage } = await searchMessages(app, eve, {
    ...{ query: 'treasure', timeZone: 'UTC', first: 0, after: null },
  });
  expect({ found, hasNextPage }).toEqual({ found: [], hasNextPage: false });
  for (const query of ['treasure', 'reasur', 'in:secret', 'from:ann', 'has:link', 'mentions:me']) {
    for (const viewer of [root, eve])
      expect([query, await search(app, viewer, query)]).toEqual([query, []]);
  }
  expect(await search(app, bob, 'treasure')).toHaveLength(1);
  await leaveRoom(app, bob, { roomId: secret.id });
  expect(await search(app, bob, 'treasure')).toEqual([]);
});

test('an edit changes what is found, and what was deleted is not found', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const { seq } = await say(app, ann, room.id, 'crocodile');
  await editMessage(app, ann, { roomId: room.id, seq, body: 'hippopotamus' });
  expect(await search(app, bob, 'crocodile')).toEqual([]);
  expect(await search(app, bob, 'potamus')).toEqual(['hippopotamus']);
  await deleteMessage(app, ann, { roomId: room.id, seq });
  for (const query of ['hippopotamus', 'from:ann', 'in:garden']) {
    expect(await search(app, bob, query)).toEqual([]);
  }
});

test.each([
  '%',
  '_',
  '\\',
  "'",
  "''",
  '"',
  '""',
  '"\\',
  ':*',
  "a':*",
  '!',
  '& | !',
  '<->',
  '()',
  '-',
  '--',
  '-"',
  'from:',
  'in:#',
  'from:"',
  "from:'; DROP TABLE message; --",
  "'; DROP TABLE message; --",
  '$1',
  '\u{1F3F4}',
  '\u0300',
  'a\u0301'.repeat(100),
  '%'.repeat(500),
  'a '.repeat(250),
  '-a '.repeat(160),
  'ß'.repeat(500),
  '한'.repeat(500),
  '天'.repeat(500),
  '(('.repeat(200),
])('hostile text is a search like any other: %#', async (query) => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  await say(server.app, ann, room.id, 'nothing of the kind');
  const found = await search(server.app, ann, query);
  for (const body of found) expect(body).toBe('nothing of the kind');
  expect(await search(server.app, ann, 'nothing')).toEqual(['nothing of the kind']);
});

test.each([
  ['query', { query: 'a'.repeat(8_000) }],
  ['query', { query: 'a\0b' }],
  ['query', { query: 'before:yesterday' }],
  ['query', { query: 'after:2026-02-30' }],
  ['timeZone', { query: 'after:2026-02-03', timeZone: 'Mars/Olympus' }],
  ['first', { query: 'a', first: 101 }],
  ['first', { query: 'a', first: -1 }],
  ['after', { query: 'a', after: 'x' }],
  ['after', { query: 'a', after: Buffer.from('[1,2,3]').toString('base64url') }],
])('an unacceptable %s is INVALID_INPUT: %#', async (field, change) => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const input = { timeZone: 'UTC', first: null, after: null, ...change };
  await expect(searchMessages(server.app, ann, input)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field },
  });
});

const PAGE = `query ($query: String!, $after: String) {
  searchMessages(query: $query, first: 40, after: $after) {
    edges { cursor node { body room { slug } } excerpt { text isMatch } }
    pageInfo { hasNextPage endCursor }
  }
}`;

test('pages go on to the last match, each once, whatever is posted meanwhile', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob, room, eve } = await people(app);
  const other = await createRoom(app, eve, {
    ...{ slug: 'kitchen', name: null, topic: null, visibility: 'PUBLIC' },
  });
  await joinRoom(app, ann, { roomId: other.id });
  const said = Array.from({ length: 450 }, (_, number) => `green ${number}`);
  await Promise.all(
    said.map((body, number) => say(app, ann, number % 2 ? room.id : other.id, body)),
  );
  await collected(app);
  for (const [query, expected] of [
    ['green', said],
    ['green in:garden', said.filter((_, number) => number % 2)],
    ['from:ann', said],
  ] as const) {
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const { searchMessages: page }: any = await run(url, PAGE, { query, after }, bob.token);
      found.push(...page.edges.map(({ node }: any) => node.body));
      await say(app, bob, room.id, 'green meanwhile');
      await collected(app);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(found.filter((body) => body !== 'green meanwhile').toSorted()).toEqual(
      expected.toSorted(),
    );
  }
});

test('searching is limited, and is for those who are logged in', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  const { ann } = await people(server.app);
  const stranger = await ask(server.url, PAGE, { query: 'a' });
  expect(stranger.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  const asked = [];
  for (let batch = 0; batch < 5; batch++) {
    const batchOf = () => ask(server.url, PAGE, { query: 'a' }, bearer(ann.token));
    asked.push(...(await Promise.all(Array.from({ length: 25 }, batchOf))));
  }
  const refused = asked.filter(({ errors }) => errors);
  expect(refused).toHaveLength(5);
  expect(refused[0]!.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
});

test('what takes too long is given up, and what comes while too many wait is refused', async () => {
  await using server = await startApp();
  const { searching } = server.app;
  const late = await searching
    .read((client) => client.query('SELECT pg_sleep(10)'))
    .catch((error: unknown) => error);
  expect(late).toMatchObject({ code: 'UNAVAILABLE' });

  const go = Promise.withResolvers<null>();
  const waiting = Array.from({ length: 110 }, () => searching.read(() => go.promise));
  const settled = Promise.allSettled(waiting);
  await expect(searching.read(async () => null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  go.resolve(null);
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(20);
  expect(await searching.read(async () => 'found')).toBe('found');
});
