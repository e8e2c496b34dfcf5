import type { PresenceStatus } from '#lib/graphql/generated/graphql.ts';

/** What a status is called. */
export const STATUS_NAMES: Record<PresenceStatus, string> = {
  ONLINE: 'Online',
  AWAY: 'Away',
  DO_NOT_DISTURB: 'Do not disturb',
  OFFLINE: 'Offline',
};
