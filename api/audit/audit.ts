/** What those in charge did, kept for ever (the table takes no change). Nothing that somebody wrote is in it. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { Tx } from '../db.ts';
import type { Message, Prisma, Room, User } from '../generated/prisma/client.ts';

/** What is kept; the descriptions become the enum's in the schema. */
export const AUDIT_ACTIONS = {
  USER_CREATED: 'An account was made for somebody.',
  USER_CHANGED: 'Somebody was given another username, or another profile.',
  USER_DELETED: 'Somebody’s account was deleted.',
  USER_EXPORTED:
    'An export of what somebody has said and done was asked for by whoever runs the server.',
  USER_BANNED: 'Somebody was banned from the server.',
  USER_UNBANNED: 'A ban from the server was lifted.',
  USER_ROLE_CHANGED: 'Somebody was given another role on the server.',
  PASSWORD_REPLACED: 'Somebody was given another password by whoever runs the server.',
  SESSION_REVOKED: 'A session of somebody else was ended.',
  INVITATION_CREATED: 'An invitation to register was made.',
  INVITATION_REVOKED: 'An invitation to register was revoked.',
  MEMBER_ADDED: 'Somebody was made a member of a room without being asked.',
  MEMBER_REMOVED: 'A member was removed from a room.',
  MEMBER_BANNED: 'Somebody was banned from a room.',
  MEMBER_UNBANNED: 'A ban from a room was lifted.',
  MEMBER_TIMED_OUT: 'A member of a room may write nothing for a time, or may again.',
  MEMBER_ROLE_CHANGED: 'A member of a room was given another role.',
  ROOM_CHANGED:
    'A room was given another name, another look, or other rules: who sees it, who writes in it, how often.',
  ROOM_ARCHIVED: 'A room was archived.',
  ROOM_UNARCHIVED: 'An archived room was taken back into use.',
  ROOM_DELETED: 'A room was deleted with all that was in it.',
  ROOM_EXPORTED: 'An export of a room was asked for; for direct messages it is not told of which.',
  ROOM_IMPORTED: 'A room was made of an export by whoever runs the server.',
  JOIN_REQUEST_ACCEPTED: 'Somebody who had asked to join a room was let in.',
  JOIN_REQUEST_DECLINED: 'Somebody who had asked to join a room was not let in.',
  ROOM_LINK_CREATED: 'A link was made by which people join a room.',
  ROOM_LINK_REVOKED: 'A link by which people joined a room was revoked.',
  MESSAGE_DELETED: 'A message of somebody else was deleted.',
  FILE_DELETED: 'A file was deleted.',
  PASSWORD_RESET_CREATED: 'A code was made with which somebody may choose a new password.',
  USER_DEACTIVATED: 'Somebody’s account was turned off.',
  USER_REACTIVATED: 'Somebody’s account was turned on again.',
  SERVER_EXPORTED: 'An export of all of the server was asked for.',
  SETTINGS_CHANGED: 'What administrators set of the server was changed.',
  REPORT_CLOSED: 'A report of a message was closed.',
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;

export interface Deed {
  action: AuditAction;
  /** To whom, where, and of which message. */
  user?: Pick<User, 'id' | 'username'>;
  room?: Pick<Room, 'id' | 'slug'>;
  messageSeq?: Message['seq'];
  /** In the words of whoever did it. */
  reason?: string | null;
  /** What was and what is, by the action. */
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
}

/** Keeps a deed of the viewer's, within the transaction that does it. */
export async function recordDeed(tx: Tx, viewer: Viewer, deed: Deed): Promise<void> {
  await tx.auditEntry.create({ data: entryOf(viewer, deed) });
}

/** The same of what is done to a room, within a transaction that is not Prisma's. */
export async function recordDeedIn(
  client: pg.ClientBase,
  viewer: Viewer,
  deed: Pick<Deed, 'action' | 'after'> & Required<Pick<Deed, 'room'>>,
): Promise<void> {
  const { action, actorId, actorName, address, roomId, roomSlug, after } = entryOf(viewer, deed);
  await client.query(
    `INSERT INTO audit_entry (id, action, actor_id, actor_name, address, room_id, room_slug, after)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [timeOrderedId(), action, actorId, actorName, address, roomId, roomSlug, after],
  );
}

function entryOf(viewer: Viewer, deed: Deed): Prisma.AuditEntryUncheckedCreateInput {
  const { user: actor, address } = loggedIn(viewer);
  const { action, user, room, messageSeq, reason, before, after } = deed;
  return {
    ...{ action, actorId: actor.id, actorName: actor.username, address },
    ...(user && { userId: user.id, userName: user.username }),
    ...(room && { roomId: room.id, roomSlug: room.slug }),
    ...(messageSeq !== undefined && { messageSeq }),
    ...(reason && { reason }),
    ...(before && { before }),
    ...(after && { after }),
  };
}

/** A UUID of version 7 (RFC 9562), as Prisma makes them: entries are in the order of their ids. */
function timeOrderedId(): string {
  const hex =
    Date.now().toString(16).padStart(12, '0') + randomUUID().replaceAll('-', '').slice(12);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-');
}
