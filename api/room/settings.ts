/** What is set of a room besides its name and topic: how it looks, who sees it, who writes in it and how often. */
import type { RoomAbility } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { type AuditAction, recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { PostingPolicy, Prisma, Room, RoomVisibility } from '../generated/prisma/client.ts';
import { requireEmoji, requireText } from '../input.ts';
import { append, type Commit, type RoomAspect, type RoomSettings } from '../live/log.ts';
import { actIn } from './people.ts';
import { tellPending } from './pending.ts';

export const DESCRIPTION_MAX_LENGTH = 2_000;
export const SLOW_MODE_MAX_SECONDS = 6 * 60 * 60;

/** Undefined: as it is. */
export interface RoomChange {
  description?: string | null | undefined;
  icon?: string | null | undefined;
  visibility?: RoomVisibility | undefined;
  postingPolicy?: PostingPolicy | undefined;
  slowModeSeconds?: number | undefined;
}

/**
 * Changes a room's settings; what stays as it is makes no event.
 * @throws Refusal INVALID_INPUT, NOT_FOUND, FORBIDDEN for all but owners and administrators, and in an archived room.
 */
export async function updateRoom(
  app: App,
  viewer: Viewer,
  { roomId, ...change }: RoomChange & { roomId: string },
): Promise<Room> {
  const { description, icon, slowModeSeconds } = change;
  if (slowModeSeconds !== undefined) checkSlowMode(slowModeSeconds);
  const data = {
    ...change,
    ...(description !== undefined && { description: checkDescription(description) }),
    ...(icon !== undefined && { icon: checkIcon(icon) }),
  };
  return changeSettings(app, viewer, roomId, { ability: 'edit', action: 'ROOM_CHANGED', data });
}

type RoomUpdate = RoomChange & { archivedAt?: Date | null };

export interface SettingsChange {
  ability: RoomAbility;
  /** What is kept of it: rules as they were and are, and of how it looks only what was changed. */
  action: AuditAction;
  data: RoomUpdate | ((room: Room) => RoomUpdate);
}

/** Changes settings under the room's lock, so that the event tells what is so after it; no change, no event. */
export async function changeSettings(
  app: App,
  viewer: Viewer,
  roomId: string,
  { ability, action, data }: SettingsChange,
): Promise<Room> {
  return actIn(app, viewer, { roomId, ability }, async ({ commit, actor }) => {
    const { tx } = commit;
    const before = await lockRoom(tx, roomId);
    const update = defined(typeof data === 'function' ? data(before) : data);
    const room = await tx.room.update({ where: { id: roomId }, data: update });
    const [was, is] = [settingsOf(before), settingsOf(room)];
    const changed = ASPECTS.filter((aspect) => was[aspect] !== is[aspect]);
    if (changed.length === 0) return room;
    const looks = changed.filter((aspect) => LOOKS.includes(aspect));
    const rules = changed.filter((aspect) => !LOOKS.includes(aspect));
    const pick = (settings: RoomSettings) =>
      Object.fromEntries(rules.map((aspect) => [aspect, settings[aspect]]));
    await recordDeed(tx, viewer, {
      ...{ action, room },
      ...(rules.length > 0 && { before: pick(was) }),
      after: { ...pick(is), ...(looks.length > 0 && { changed: looks }) },
    });
    if (changed.includes('visibility')) await dropPending(commit, room);
    const event = { kind: 'ROOM_CHANGED', data: { settings: is, changed } } as const;
    await append(commit, roomId, actor, event);
    return tx.room.findUniqueOrThrow({ where: { id: roomId } });
  });
}

/** What was pending and is not for a room that others see now: requests, and invitations by those who may not invite to it. */
async function dropPending(commit: Commit, { id: roomId, visibility }: Room): Promise<void> {
  const { tx } = commit;
  const requests = await tx.joinRequest.findMany({ where: { roomId }, select: { userId: true } });
  await tx.joinRequest.deleteMany({ where: { roomId } });
  const staff = { some: { roomId, role: { not: 'MEMBER' } } } as const;
  const byOthers = {
    roomId,
    invitedBy: { role: 'MEMBER', NOT: { memberships: staff } },
  } as const;
  const lost = visibility === 'PUBLIC' ? [] : await tx.roomInvitation.findMany({ where: byOthers });
  if (lost.length > 0) await tx.roomInvitation.deleteMany({ where: byOthers });
  tellPending(
    commit,
    [...requests, ...lost].map(({ userId }) => userId),
  );
}

/**
 * The room as it is, and stays until the transaction ends.
 * @throws Refusal NOT_FOUND where it was deleted meanwhile.
 */
export async function lockRoom(tx: Tx, roomId: string): Promise<Room> {
  await tx.$queryRaw`SELECT 1 FROM room WHERE id = ${roomId}::uuid FOR UPDATE`;
  const room = await tx.room.findUnique({ where: { id: roomId } });
  if (!room) throw new Refusal('NOT_FOUND', 'There is no such room.');
  return room;
}

const ASPECTS: RoomAspect[] = [
  'description',
  'icon',
  'visibility',
  'postingPolicy',
  'slowModeSeconds',
  'archivedAt',
];

/** Of these the audit log does not have what they are. */
const LOOKS: RoomAspect[] = ['description', 'icon'];

function settingsOf(room: Room): RoomSettings {
  const { description, icon, visibility, postingPolicy, slowModeSeconds, archivedAt } = room;
  return {
    ...{ description, icon, visibility, postingPolicy, slowModeSeconds },
    archivedAt: archivedAt?.toISOString() ?? null,
  };
}

/** What is to be other than it was. */
function defined(update: RoomUpdate): Prisma.RoomUpdateInput {
  return Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined));
}

export function checkDescription(description: string | null): string | null {
  if (description === null || description.trim() === '') return null;
  const form = { field: 'description', noun: 'description', maxLength: DESCRIPTION_MAX_LENGTH };
  return requireText(description.trim(), form);
}

export function checkIcon(icon: string | null): string | null {
  if (icon === null || icon.trim() === '') return null;
  return requireEmoji(icon.trim(), { field: 'icon', noun: 'An icon' });
}

function checkSlowMode(seconds: number): void {
  if (seconds >= 0 && seconds <= SLOW_MODE_MAX_SECONDS) return;
  const message = `Slow mode takes from 0 to ${SLOW_MODE_MAX_SECONDS} seconds.`;
  throw new Refusal('INVALID_INPUT', message, { field: 'slowModeSeconds' });
}
