import { formatBytes } from '#lib/bytes.ts';
import {
  AdminRoomDocument,
  AdminRoomsDocument,
  type RoomRecordFragment,
  type RoomVisibility,
} from '#lib/graphql/generated/graphql.ts';
import { bytes, count, mono, room, tags, text, time } from '../records/cells.ts';
import { byAnswer } from '../records/filters.ts';
import { findOf, listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { createRoom, roomDeeds } from './deeds.ts';
import { PAGES } from '../sections.ts';

export const VISIBILITIES: Record<RoomVisibility, string> = {
  PUBLIC: 'Public',
  RESTRICTED: 'Restricted',
  PRIVATE: 'Private',
};

export const rooms: Model<RoomRecordFragment> = {
  page: PAGES.rooms,
  noun: ['room', 'rooms'],
  empty: 'All rooms are listed here, also private ones; direct messages never are.',
  searches: 'by name, address or topic',
  orders: [
    { field: 'NAME', label: 'Name', first: 'ASC' },
    { field: 'CREATED_AT', label: 'Created', first: 'DESC' },
    { field: 'MEMBER_COUNT', label: 'Members', first: 'DESC' },
  ],
  filters: [
    {
      ...{ key: 'visibility', label: 'Who sees it', kind: 'choice', any: 'Seen by anyone' },
      options: [
        ['PUBLIC', 'Public'],
        ['RESTRICTED', 'Restricted'],
        ['PRIVATE', 'Private'],
      ],
      input: (visibility) => ({ visibilities: [visibility] }),
    },
    byAnswer('archived', 'Archived', 'isArchived', ['Archived or not', 'Archived', 'Not archived']),
  ],
  columns: [
    { label: 'Name', order: 'NAME', cell: (row) => room(row) },
    {
      label: 'Who sees it',
      cell: ({ visibility, archivedAt }) =>
        tags({ text: VISIBILITIES[visibility] }, archivedAt !== null && { text: 'Archived' }),
    },
    {
      ...{ label: 'Members', order: 'MEMBER_COUNT', isNumber: true },
      cell: ({ memberCount }) => count(memberCount),
    },
    { label: 'Messages', isNumber: true, cell: ({ messageCount }) => count(messageCount) },
    {
      ...{ label: 'Files', isNumber: true, isExtra: true },
      cell: ({ fileBytes }) => bytes(fileBytes),
    },
    { label: 'Last message', cell: ({ lastMessageAt }) => time(lastMessageAt, 'never') },
    {
      ...{ label: 'Created', order: 'CREATED_AT', isExtra: true },
      cell: ({ createdAt }) => time(createdAt),
    },
  ],
  facts: ({ slug, topic, description, owners, archivedAt, fileCount, fileBytes, ...row }) => [
    { label: 'Address', cell: mono(`/rooms/${slug}`) },
    { label: 'Topic', cell: text(topic) },
    { label: 'Description', cell: text(description) },
    { label: 'Owners', cell: { kind: 'people', users: owners } },
    {
      label: 'Who writes',
      cell: text(row.postingPolicy === 'MEMBERS' ? 'All members' : 'Owners and moderators'),
    },
    {
      label: 'Slow mode',
      cell: text(row.slowModeSeconds > 0 ? `${row.slowModeSeconds} seconds` : 'Off'),
    },
    { label: 'Files', cell: text(`${fileCount} (${formatBytes(fileBytes)})`) },
    { label: 'Archived', cell: time(archivedAt, 'no') },
    {
      label: 'What is said',
      cell: text(
        row.isReadable
          ? 'You may read it.'
          : 'Only members may read it; what is said is not shown in these pages.',
      ),
    },
  ],
  related: ({ id, slug, isReadable, memberCount, messageCount, fileCount }) => {
    const at = `room=${encodeURIComponent(id)}`;
    return [
      ...(isReadable ? [{ label: 'Open the room', href: `/rooms/${slug}` }] : []),
      { label: 'Members', href: `/admin/memberships?${at}`, count: memberCount },
      { label: 'Messages', href: `/admin/messages?${at}`, count: messageCount },
      { label: 'Files', href: `/admin/files?${at}`, count: fileCount },
      { label: 'Links', href: `/admin/room-links?${at}` },
      { label: 'Bans', href: `/admin/room-bans?${at}` },
      { label: 'Reports', href: `/admin/reports?state=any&${at}` },
      { label: 'What was done here', href: `/admin/audit?${at}` },
    ];
  },
  deeds: roomDeeds,
  create: createRoom,
  nameOf: ({ name }) => `#${name}`,
  list: listOf(
    AdminRoomsDocument,
    (data) => data.administration.rooms,
    (node) => node,
  ),
  find: findOf(AdminRoomDocument, (data) => data.administration.room),
};
