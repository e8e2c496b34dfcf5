import {
  AdminAuditLogDocument,
  type AdminAuditEntryFragment,
} from '#lib/graphql/generated/graphql.ts';
import { mono, text, time } from '../records/cells.ts';
import { byPerson, byRoom, bySince, byUntil } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { ACTIONS } from './actions.ts';
import { PAGES } from '../sections.ts';

/** Nobody changes it: there are no deeds here. */
export const audit: Model<AdminAuditEntryFragment> = {
  page: PAGES.audit,
  noun: ['entry', 'entries'],
  empty: 'What those in charge do is written down here, for good.',
  searches: 'names, rooms and reasons',
  orders: [{ field: 'CREATED_AT', label: 'When', first: 'DESC' }],
  filters: [
    {
      ...{ key: 'action', label: 'What', kind: 'choice', any: 'Anything done' },
      options: Object.entries(ACTIONS),
      input: (action) => ({ actions: [action] }),
    },
    byPerson('By whom', 'actorId', 'actor'),
    byPerson('To whom', 'userId'),
    byRoom,
    bySince,
    byUntil,
  ],
  columns: [
    { label: 'What', cell: ({ action }) => text(ACTIONS[action]) },
    { label: 'By', cell: ({ actorName }) => text(actorName) },
    { label: 'To', cell: ({ userName }) => text(userName) },
    { label: 'Room', cell: ({ roomSlug }) => text(roomSlug) },
    { label: 'Reason', isExtra: true, cell: ({ reason }) => text(reason) },
    { label: 'When', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
  ],
  facts: ({ changes, address, messageSeq }) => [
    { label: 'Changed', cell: { kind: 'changes', changes } },
    { label: 'Message', cell: text(messageSeq === null ? null : `No. ${messageSeq}`) },
    { label: 'From', cell: mono(address) },
  ],
  related: ({ actorId, userId, roomId }) => [
    { label: 'Who did it', href: `/admin/people/${encodeURIComponent(actorId)}` },
    ...(userId ? [{ label: 'Person', href: `/admin/people/${encodeURIComponent(userId)}` }] : []),
    ...(roomId ? [{ label: 'Room', href: `/admin/rooms/${encodeURIComponent(roomId)}` }] : []),
  ],
  deeds: [],
  nameOf: ({ action }) => ACTIONS[action],
  list: listOf(
    AdminAuditLogDocument,
    (data) => data.auditLog,
    (node) => node,
  ),
};
