import { expect, test } from 'vitest';
import type { InboxRoomFragment } from '../graphql/generated/graphql.ts';
import { concerns, hasNews, wasTakenBack } from './announcer.ts';

const ME = 'me';
const isMine = (authorId: string) => authorId === ME;
const message = (seq: number, author = 'bob') => ({
  id: String(seq),
  seq,
  body: 'hello',
  createdAt: '2026-11-21T12:00:00.000Z',
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
  expect(concerns(ENTRY, after({}), isMine)).toBe(false);
  expect(concerns(ENTRY, after({ mentionCount: 1 }), isMine)).toBe(true);
  expect(concerns(ENTRY, after({ notificationLevel: 'ALL' }), isMine)).toBe(true);
});

test('nothing is told of where the room is muted or to tell of nothing', () => {
  const mentioned = { mentionCount: 1 };
  expect(concerns(ENTRY, after({ ...mentioned, notificationLevel: 'NOTHING' }), isMine)).toBe(
    false,
  );
  const mutedUntil = '9999-12-31T00:00:00.000Z';
  expect(concerns(ENTRY, after({ ...mentioned, mutedUntil }), isMine)).toBe(false);
  const past = '2020-01-01T00:00:00.000Z';
  expect(concerns(ENTRY, after({ ...mentioned, mutedUntil: past }), isMine)).toBe(true);
});

test('what the blocked say is no news', () => {
  const all = after({ notificationLevel: 'ALL' });
  expect(concerns(ENTRY, all, (authorId) => authorId === 'bob')).toBe(false);
  expect(concerns(ENTRY, all, (authorId) => authorId === 'eve')).toBe(true);
});

test('what somebody says themselves, or has read meanwhile, is no news', () => {
  const own = { notificationLevel: 'ALL', lastMessage: message(2, ME) };
  expect(concerns(ENTRY, after(own), isMine)).toBe(false);
  const sameLast = { notificationLevel: 'ALL', lastMessage: message(1) };
  expect(concerns(ENTRY, after(sameLast), isMine)).toBe(false);
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
