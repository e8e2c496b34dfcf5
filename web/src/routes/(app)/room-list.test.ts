import { expect, test } from 'vitest';
import type { InboxRoomFragment } from '#lib/graphql/generated/graphql.ts';
import { listed } from './room-list.ts';

const room = (slug: string, more: Partial<InboxRoomFragment> = {}) =>
  ({
    ...{ room: { id: slug, slug, name: slug, visibility: 'PUBLIC' }, readCursor: '' },
    ...{ unreadCount: 0, mentionCount: 0, notificationLevel: 'MENTIONS', mutedUntil: null },
    ...{ lastMessage: null, ...more },
  }) as InboxRoomFragment;

const ROOMS = [
  room('attic'),
  room('barn', { unreadCount: 9, mutedUntil: '9999-12-31T00:00:00.000Z' }),
  room('cellar', { unreadCount: 1 }),
  room('den'),
  room('garden', { unreadCount: 2, mentionCount: 1 }),
];

const slugs = (wish: Parameters<typeof listed>[1]) =>
  listed(ROOMS, wish).map((entry) => entry.room.slug);

test('all rooms are listed, and of a folded list what is unread or open, in its place', () => {
  const wish = { openSlug: 'den', unreadOnly: false };
  expect(slugs({ ...wish, isFolded: false })).toEqual(['attic', 'barn', 'cellar', 'den', 'garden']);
  expect(slugs({ ...wish, isFolded: true })).toEqual(['barn', 'cellar', 'den', 'garden']);
});

test('of unread rooms those that mention come first, and muted ones last', () => {
  const wish = { openSlug: undefined, unreadOnly: true, isFolded: false };
  expect(slugs(wish)).toEqual(['garden', 'cellar', 'barn']);
  expect(slugs({ ...wish, isFolded: true })).toEqual(['garden', 'cellar', 'barn']);
});
