import { expect, test } from 'vitest';
import type { InboxRoomFragment } from '../graphql/generated/graphql.ts';
import { concerns, hasNews, wasTakenBack } from './announcer.ts';

const ME = 'me';
const message = (seq: number, author = 'bob') => ({
  id: String(seq),
  seq,
  body: 'hello',
  author: { id: author, displayName: author },
});

const ENTRY = {
  room: { id: 'garden', slug: 'garden', name: 'Garden', visibility: 'PUBLIC' },
  unreadCount: 1,
  mentionCount: 0,
  readCursor: '',
  notificationLevel: 'MENTIONS',
  mutedUntil: null,
  lastMessage: message(1),
} as InboxRoomFragment;

const after = (change: object) => ({ ...ENTRY, lastMessage: message(2), ...change });

test('a mention is told of, and other messages where the room is to tell of all', () => {
  expect(concerns(ENTRY, after({}), ME)).toBe(false);
  expect(concerns(ENTRY, after({ mentionCount: 1 }), ME)).toBe(true);
  expect(concerns(ENTRY, after({ notificationLevel: 'ALL' }), ME)).toBe(true);
});

test('nothing is told of where the room is muted or to tell of nothing', () => {
  const mentioned = { mentionCount: 1 };
  expect(concerns(ENTRY, after({ ...mentioned, notificationLevel: 'NOTHING' }), ME)).toBe(false);
  const mutedUntil = '9999-12-31T00:00:00.000Z';
  expect(concerns(ENTRY, after({ ...mentioned, mutedUntil }), ME)).toBe(false);
  const past = '2020-01-01T00:00:00.000Z';
  expect(concerns(ENTRY, after({ ...mentioned, mutedUntil: past }), ME)).toBe(true);
});

test('what somebody says themselves, or has read meanwhile, is no news', () => {
  const own = { notificationLevel: 'ALL', lastMessage: message(2, ME) };
  expect(concerns(ENTRY, after(own), ME)).toBe(false);
  const sameLast = { notificationLevel: 'ALL', lastMessage: message(1) };
  expect(concerns(ENTRY, after(sameLast), ME)).toBe(false);
});

test('what was told of is taken back once it was deleted, or nothing is left to tell of', () => {
  expect(wasTakenBack(after({}), ENTRY)).toBe(true);
  expect(wasTakenBack(ENTRY, after({}))).toBe(false);
  expect(wasTakenBack(ENTRY, after({ lastMessage: null }))).toBe(true);
  expect(hasNews(ENTRY)).toBe(false);
  expect(hasNews(after({ mentionCount: 1 }))).toBe(true);
  expect(hasNews(after({ notificationLevel: 'ALL' }))).toBe(true);
  expect(hasNews(after({ notificationLevel: 'NOTHING', mentionCount: 1 }))).toBe(false);
});
