import {
  AdminSessionsDocument,
  RevokeSessionDocument,
  type SessionRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { nameOfUserAgent } from '../../settings/user-agent.ts';
import { mono, person, tags, text, time } from '../records/cells.ts';
import { mutates, named, outranks } from '../records/deed.ts';
import { byPerson } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type Session = SessionRecordFragment;

const placeOf = ({ kind, userAgent }: Session) =>
  kind === 'TOKEN' && !userAgent ? 'Access token' : nameOfUserAgent(userAgent);
const nameOf = (row: Session) => `${row.user.displayName}’s ${placeOf(row)}`;

export const sessions: Model<Session> = {
  page: PAGES.sessions,
  noun: ['session', 'sessions'],
  empty: 'Wherever somebody is logged in is listed here.',
  searches: 'by name, address or browser',
  orders: [
    { field: 'LAST_USED_AT', label: 'Last used', first: 'DESC' },
    { field: 'CREATED_AT', label: 'Begun', first: 'DESC' },
  ],
  filters: [
    byPerson('Of whom', 'userId'),
    {
      ...{ key: 'kind', label: 'Kind', kind: 'choice', any: 'Any kind' },
      options: [
        ['COOKIE', 'Browsers'],
        ['TOKEN', 'Access tokens'],
      ],
      input: (kind) => ({ kinds: [kind] }),
    },
  ],
  columns: [
    { label: 'Person', cell: ({ user }) => person(user) },
    { label: 'Where', cell: (row) => text(placeOf(row)) },
    { label: 'Address', cell: ({ address }) => mono(address) },
    { label: 'Last used', order: 'LAST_USED_AT', cell: ({ lastUsedAt }) => time(lastUsedAt) },
    { label: 'Begun', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    { label: 'Ends', isExtra: true, cell: ({ expiresAt }) => time(expiresAt) },
    {
      ...{ label: 'Kind', isExtra: true },
      cell: ({ kind, isCurrent }) =>
        tags(
          { text: kind === 'TOKEN' ? 'Token' : 'Browser' },
          isCurrent && { text: 'This one', tone: 'good' },
        ),
    },
  ],
  facts: ({ userAgent }) => [{ label: 'User agent', cell: text(userAgent) }],
  related: ({ user }) => [
    { label: 'Person', href: `/admin/people/${encodeURIComponent(user.id)}` },
  ],
  deeds: [
    {
      ...{ label: 'Log out…', isDanger: true, isBulk: true },
      fits: ({ user, isCurrent }, me) =>
        !isCurrent && (user.id === me.id || outranks(me, user.role)),
      title: (rows) => `Log out ${named(rows, nameOf, 'sessions')}?`,
      says: 'What is open there closes at once. To come back they have to log in again; a token is of no more use.',
      submit: 'Log out',
      perform: mutates(RevokeSessionDocument, ({ id }) => ({ sessionId: id })),
      done: (rows) => `${named(rows, nameOf, 'sessions')}: logged out.`,
    },
  ],
  nameOf,
  list: listOf(
    AdminSessionsDocument,
    (data) => data.administration.sessions,
    (node) => node,
  ),
};
