import { counted } from '#lib/counted.ts';
import {
  AdminOpenReportDocument,
  AdminReportsDocument,
  BanUserDocument,
  CloseReportDocument,
  DeleteMessageDocument,
  type AdminReportFragment,
  type ReportOutcome,
} from '#lib/graphql/generated/graphql.ts';
import { none, person, room, tags, text, time, type Cell } from '../records/cells.ts';
import {
  mutates,
  named,
  orNull,
  outranks,
  SERVER_BAN,
  untilOf,
  type Deed,
} from '../records/deed.ts';
import { byPerson, byRoom } from '../records/filters.ts';
import { findOf, listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type Report = AdminReportFragment;

const nameOf = ({ reporter }: Report) => `the report by ${reporter.displayName}`;
const names = (rows: readonly Report[]) => named(rows, nameOf, 'reports');
const authors = (rows: readonly Report[]) =>
  named(rows, ({ message }) => message.author.displayName, 'authors');
const isOpen = ({ closedAt }: Report) => closedAt === null;

const OUTCOMES: Record<ReportOutcome, string> = {
  ACTED_UPON: 'Acted upon',
  DISMISSED: 'Dismissed',
};

function messageCell({ message }: Report): Cell {
  if (message.deletedAt) return none('deleted');
  if (message.body === '') {
    return none(counted(message.attachments.length, ['file', 'files']));
  }
  return text(message.body);
}

const NOTE = {
  name: 'note',
  label: 'Note',
  kind: 'text',
  hint: 'Optional, for those in charge.',
  maxLength: 300,
} as const;

const closing = (outcome: ReportOutcome, label: string, title: string): Deed<Report> => ({
  ...{ label, isBulk: true },
  fits: (row, me) => isOpen(row) && row.message.author.id !== me.id,
  title: (rows) => `${title} ${names(rows)}?`,
  fields: [NOTE],
  submit: OUTCOMES[outcome] === 'Dismissed' ? 'Dismiss' : 'Close',
  perform: mutates(CloseReportDocument, ({ id }, { note }) => ({
    ...{ reportId: id, outcome, note: orNull(note) },
  })),
  done: (rows) => `${counted(rows.length, ['report', 'reports'])} closed.`,
});

export const reports: Model<Report> = {
  page: PAGES.reports,
  noun: ['report', 'reports'],
  empty: 'What people report waits here until it is closed.',
  searches: 'names and reasons',
  orders: [{ field: 'CREATED_AT', label: 'Reported', first: 'DESC' }],
  filters: [
    {
      ...{ key: 'state', label: 'State', kind: 'choice', any: 'Open and closed' },
      isArgument: true,
      options: [
        ['open', 'Open'],
        ['closed', 'Closed'],
      ],
      input: (state) => ({ open: state === 'open' }),
    },
    byPerson('Of whose message', 'authorId'),
    byPerson('By whom', 'reporterId', 'reporter'),
    byRoom,
  ],
  columns: [
    { label: 'Message', cell: messageCell },
    { label: 'Of', cell: ({ message }) => person(message.author) },
    { label: 'Reason', cell: ({ reason }) => text(reason) },
    { label: 'Reported by', cell: ({ reporter }) => person(reporter) },
    { label: 'Room', isExtra: true, cell: (row) => room(row.room) },
    { label: 'Reported', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    {
      label: 'State',
      cell: ({ outcome }) =>
        outcome === null
          ? tags({ text: 'Open', tone: 'alert' })
          : tags({ text: OUTCOMES[outcome] }),
    },
  ],
  facts: ({ message, closedAt, closedBy, note }) => [
    { label: 'Sent', cell: time(message.createdAt) },
    ...(closedAt
      ? [
          { label: 'Closed', cell: time(closedAt) },
          { label: 'Closed by', cell: person(closedBy) },
          { label: 'Note', cell: text(note) },
        ]
      : []),
  ],
  related: ({ message, reporter, room: at }) => [
    ...(at.viewerCan.read
      ? [{ label: 'Show in room', href: `/rooms/${at.slug}/m/${encodeURIComponent(message.id)}` }]
      : []),
    { label: 'Author', href: `/admin/people/${encodeURIComponent(message.author.id)}` },
    { label: 'Reporter', href: `/admin/people/${encodeURIComponent(reporter.id)}` },
    { label: 'Room', href: `/admin/rooms/${encodeURIComponent(at.id)}` },
  ],
  deeds: [
    {
      ...{ label: 'Delete message…', isDanger: true, isBulk: true },
      fits: ({ message }) => message.deletedAt === null,
      title: (rows) => `Delete the message of ${authors(rows)}?`,
      says: 'It is gone from all screens at once; that it was there remains to be seen. The report stays open.',
      submit: 'Delete',
      perform: mutates(DeleteMessageDocument, ({ message }) => ({ messageId: message.id })),
      done: (rows) => `${counted(rows.length, ['message', 'messages'])} deleted.`,
    },
    {
      ...{ label: 'Ban author…', isDanger: true, isBulk: true },
      fits: ({ message }, me) => outranks(me, message.author.role),
      title: (rows) => `Ban ${authors(rows)} from the server?`,
      says: 'They are logged out everywhere at once, and cannot log in until the ban ends or is lifted.',
      fields: SERVER_BAN,
      submit: 'Ban',
      perform: mutates(BanUserDocument, ({ message }, { reason, until }) => ({
        ...{ userId: message.author.id, reason: orNull(reason), until: untilOf(until) },
      })),
      done: (rows) => `Banned: ${authors(rows)}.`,
    },
    closing('ACTED_UPON', 'Close as acted upon…', 'Close'),
    closing('DISMISSED', 'Dismiss…', 'Dismiss'),
  ],
  nameOf,
  list: listOf(
    AdminReportsDocument,
    (data) => data.reports,
    (node) => node,
  ),
  find: findOf(AdminOpenReportDocument, ({ node }) =>
    node?.__typename === 'Report' ? node : null,
  ),
};
