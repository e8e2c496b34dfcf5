/** All accounts, as those who run the server see them. */
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { inForceSql } from '../audit/until.ts';
import { Prisma, type ServerRole, type User } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import type { Viewer } from '../viewer.ts';
import {
  contains,
  given,
  type Listing,
  listRecords,
  mapPage,
  type RecordPage,
  within,
} from './listing.ts';
import type { RoomRecord } from './records.ts';
import { roomRecord } from './rooms.ts';

export type AccountState = 'ACTIVE' | 'DEACTIVATED' | 'BANNED' | 'DELETED';

/** What is left out is not asked for. */
export interface UserFilter {
  /** Part of a username or a display name. */
  search?: string | null | undefined;
  roles?: ServerRole[] | null | undefined;
  states?: AccountState[] | null | undefined;
  /** When they registered. */
  since?: Date | null | undefined;
  until?: Date | null | undefined;
}

export type UserOrder = 'USERNAME' | 'DISPLAY_NAME' | 'CREATED_AT';

const LISTING: Listing<UserOrder> = {
  select: '"user".id',
  orders: {
    USERNAME: { sql: '"user".username_key', type: 'text' },
    DISPLAY_NAME: { sql: '"user".display_name', type: 'text' },
    CREATED_AT: { sql: '"user".created_at', type: 'timestamptz' },
  },
  key: [{ sql: '"user".id', type: 'uuid' }],
};

/** @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listUsers(
  app: App,
  viewer: Viewer,
  { search, roles, states, since, until }: UserFilter,
  order: Order<UserOrder>,
  page: PageArguments,
): Promise<RecordPage<User>> {
  const found = await listRecords<{ id: string }, UserOrder>(app, viewer, LISTING, {
    from: [Prisma.sql`"user"`],
    where: [
      ...contains(search, ['"user".username', '"user".display_name']),
      ...given(roles, (some) => Prisma.sql`"user".role = ANY(${some}::"ServerRole"[])`),
      ...given(states, (some) => anyOf(some)),
      ...within('"user".created_at', { since, until }),
    ],
    ...{ order, page },
  });
  return mapPage(found, ({ id }) => app.users.ask(id));
}

/** One account; null where there is none. @throws Refusal FORBIDDEN for all but administrators. */
export async function findUser(app: App, viewer: Viewer, userId: string): Promise<User | null> {
  onServer(viewer, 'administer');
  return app.users.ask(userId);
}

/** Whether somebody can log in; who is banned and deactivated is called deactivated. */
export async function stateOf(app: App, user: User): Promise<AccountState> {
  if (user.erasedAt) return 'DELETED';
  if (user.deactivatedAt) return 'DEACTIVATED';
  return (await app.records.ofUsers.ban.ask(user.id)) ? 'BANNED' : 'ACTIVE';
}

/** The rooms that have no other owner than somebody. */
export async function roomsOwnedAlone(app: App, viewer: Viewer, user: User): Promise<RoomRecord[]> {
  const ids = await app.records.ofUsers.ownedAlone.ask(user.id);
  const rooms = await Promise.all(ids.map((id) => roomRecord(app, viewer, id)));
  return rooms.filter((room) => room !== null);
}

const IS_BANNED = `EXISTS (
  SELECT FROM server_ban WHERE server_ban.user_id = "user".id AND ${inForceSql('server_ban')}
)`;

/** As `stateOf` tells them. */
const STATES: Record<AccountState, string> = {
  DELETED: '"user".erased_at IS NOT NULL',
  DEACTIVATED: '("user".deactivated_at IS NOT NULL AND "user".erased_at IS NULL)',
  BANNED: `("user".deactivated_at IS NULL AND ${IS_BANNED})`,
  ACTIVE: `("user".deactivated_at IS NULL AND NOT ${IS_BANNED})`,
};

function anyOf(states: AccountState[]): Prisma.Sql {
  return Prisma.raw(`(${states.map((state) => STATES[state]).join(' OR ') || 'false'})`);
}
