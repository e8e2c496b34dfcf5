/** What those who keep order do to people of a room, and how it is asked for. */
import type { Api } from '#lib/graphql/api.ts';
import {
  BanMemberDocument,
  RemoveMemberDocument,
  SetMemberRoleDocument,
  TimeOutMemberDocument,
  type MemberFragment,
  type RoomHeaderFragment,
  type RoomRole,
  type ServerRole,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf, type Refusal } from '#lib/graphql/refusal.ts';

type Subject = Pick<MemberFragment['user'], 'id' | 'displayName'>;

export type Deed =
  | { kind: 'REMOVE' | 'BAN' | 'TIME_OUT' | 'END_TIME_OUT'; user: Subject }
  | { kind: 'ROLE'; user: Subject; role: RoomRole };

/** What is filled in for a deed; `minutes` of null is for good. */
export interface DeedDetails {
  reason: string | null;
  minutes: number | null;
}

/** For how long, in minutes. */
export const TIME_OUTS: [label: string, minutes: number][] = [
  ['10 minutes', 10],
  ['1 hour', 60],
  ['1 day', 1_440],
  ['1 week', 10_080],
];
export const BANS: [label: string, minutes: number | null][] = [
  ['For good', null],
  ['1 day', 1_440],
  ['1 week', 10_080],
  ['30 days', 43_200],
];

export const ROLE_NAMES: Record<RoomRole, string> = {
  OWNER: 'owner',
  MODERATOR: 'moderator',
  MEMBER: 'member',
};

/** Does it; gives why not, or null where it is done. */
export async function perform(
  api: Api,
  roomId: string,
  deed: Deed,
  { reason, minutes }: DeedDetails,
): Promise<Refusal | null> {
  const { client } = api;
  const at = { roomId, userId: deed.user.id };
  const until = minutes === null ? null : new Date(Date.now() + minutes * 60_000).toISOString();
  const { error } = await (deed.kind === 'ROLE'
    ? client.mutation(SetMemberRoleDocument, { input: { ...at, role: deed.role } })
    : deed.kind === 'REMOVE'
      ? client.mutation(RemoveMemberDocument, { input: { ...at, reason } })
      : deed.kind === 'BAN'
        ? client.mutation(BanMemberDocument, { input: { ...at, reason, until } })
        : client.mutation(TimeOutMemberDocument, {
            input: { ...at, reason, until: deed.kind === 'TIME_OUT' ? until : null },
          }));
  return error ? refusalOf(error) : null;
}

interface Ranked {
  role: RoomRole | null;
  serverRole: ServerRole;
}

/** The same order as the server's: it is the one that decides. */
export function rankOf({ role, serverRole }: Ranked): number {
  if (serverRole !== 'MEMBER') return serverRole === 'OWNER' ? 4 : 3;
  return role === 'OWNER' ? 2 : role === 'MODERATOR' ? 1 : 0;
}

/** What the viewer may do to a member, in the order of a menu. */
export function deedsFor(
  room: RoomHeaderFragment,
  me: { id: string; role: ServerRole },
  { role, timedOutUntil, user }: MemberFragment,
): { label: string; deed: Deed }[] {
  const { viewerCan, viewerMembership } = room;
  const own = rankOf({ role: viewerMembership?.role ?? null, serverRole: me.role });
  const isBelow = own > rankOf({ role, serverRole: user.role });
  const deeds: { label: string; deed: Deed }[] = [];
  if (viewerCan.appoint && (isBelow || user.id === me.id)) {
    for (const to of ['OWNER', 'MODERATOR', 'MEMBER'] as const) {
      if (to === role) continue;
      deeds.push({ label: `Make ${ROLE_NAMES[to]}…`, deed: { kind: 'ROLE', user, role: to } });
    }
  }
  if (viewerCan.keepOrder && isBelow) {
    const isTimedOut = timedOutUntil !== null && Date.parse(timedOutUntil) > Date.now();
    deeds.push(
      isTimedOut
        ? { label: 'End the time-out…', deed: { kind: 'END_TIME_OUT', user } }
        : { label: 'Time out…', deed: { kind: 'TIME_OUT', user } },
      { label: 'Remove from room…', deed: { kind: 'REMOVE', user } },
      { label: 'Ban from room…', deed: { kind: 'BAN', user } },
    );
  }
  return deeds;
}
