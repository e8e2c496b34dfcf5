import {
  AdminServerBansDocument,
  BanUserDocument,
  UnbanUserDocument,
  type AdminServerBanFragment,
} from '#lib/graphql/generated/graphql.ts';
import { person, text, time } from '../records/cells.ts';
import { mutates, named, orNull, outranks, SERVER_BAN, untilOf } from '../records/deed.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

const [REASON, UNTIL] = SERVER_BAN;

/** There is one for a person, so theirs is its id. */
type ServerBan = AdminServerBanFragment & { id: string };

const nameOf = ({ user }: ServerBan) => user.displayName;
const names = (rows: readonly ServerBan[]) => named(rows, nameOf, 'people');

export const serverBans: Model<ServerBan> = {
  page: PAGES.serverBans,
  noun: ['ban', 'bans'],
  empty: 'Who is kept off the server is listed here.',
  searches: 'by name',
  orders: [{ field: 'CREATED_AT', label: 'Since', first: 'DESC' }],
  filters: [],
  columns: [
    { label: 'Who', cell: ({ user }) => person(user) },
    { label: 'Reason', cell: ({ reason }) => text(reason) },
    { label: 'By', cell: ({ by }) => person(by) },
    { label: 'Since', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    { label: 'Until', cell: ({ until }) => time(until, 'for good') },
  ],
  related: ({ user }) => [
    { label: 'Person', href: `/admin/people/${encodeURIComponent(user.id)}` },
  ],
  deeds: [
    {
      label: 'Edit…',
      fits: ({ user }, me) => outranks(me, user.role),
      title: (rows) => `Ban of ${names(rows)}`,
      says: 'It begins anew, and lasts from now on.',
      fields: [{ ...REASON, initial: ({ reason }: ServerBan) => reason ?? '' }, UNTIL],
      submit: 'Save',
      perform: mutates(BanUserDocument, ({ user }, { reason, until }) => ({
        ...{ userId: user.id, reason: orNull(reason), until: untilOf(until) },
      })),
      done: () => 'The ban was changed.',
    },
    {
      ...{ label: 'Lift the ban…', isBulk: true },
      fits: ({ user }, me) => outranks(me, user.role),
      title: (rows) => `Lift the ban of ${names(rows)}?`,
      says: 'They may log in again at once.',
      submit: 'Lift the ban',
      perform: mutates(UnbanUserDocument, ({ user }) => ({ userId: user.id })),
      done: (rows) => `The ban of ${names(rows)} was lifted.`,
    },
  ],
  create: {
    label: 'Ban somebody',
    title: () => 'Ban somebody from the server',
    says: 'They are logged out everywhere at once, and cannot log in until the ban ends or is lifted.',
    fields: [{ name: 'userId', label: 'Person', kind: 'person' }, ...SERVER_BAN],
    submit: 'Ban',
    perform: mutates(BanUserDocument, (_row, { userId = '', reason, until }) => ({
      ...{ userId, reason: orNull(reason), until: untilOf(until) },
    })),
    done: () => 'They were banned.',
  },
  nameOf,
  list: listOf(
    AdminServerBansDocument,
    (data) => data.serverBans,
    (node) => ({ ...node, id: node.user.id }),
  ),
};
