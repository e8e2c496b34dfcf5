/** Links by which people join a room: whoever has the code may, so often and until then. */
import { mayInRoom, standingIn } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import { notBanned, visibleRoom } from '../visibility.ts';
import { createSecret, hashSecret } from '../account/secret.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { Refusal } from '../errors.ts';
import type { Room, RoomLink, User } from '../generated/prisma/client.ts';
import { admit } from './membership.ts';
import { actIn, lockPeople } from './people.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
export const LINK_MAX_USES = 1_000;
export const LINK_MAX_DAYS = 365;
/** Links of one room that hold at the same time. */
export const LINKS_PER_ROOM = 50;

export type ListedLink = RoomLink & { createdBy: User };

/**
 * Makes a link by which so many people may join, for so long. Its code is given here and kept nowhere.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; FORBIDDEN for those who do not keep order; CONFLICT for more than LINKS_PER_ROOM.
 */
export async function createRoomLink(
  app: App,
  viewer: Viewer,
  { roomId, maxUses, expiresInDays }: { roomId: string; maxUses: number; expiresInDays: number },
): Promise<{ code: string; link: ListedLink }> {
  checkRange('maxUses', maxUses, LINK_MAX_USES);
  checkRange('expiresInDays', expiresInDays, LINK_MAX_DAYS);
  const secret = createSecret();
  const expiresAt = new Date(Date.now() + expiresInDays * DAY_MS);
  const upon = { roomId, ability: 'admit' } as const;
  const link = await actIn(app, viewer, upon, async ({ commit: { tx }, actor, room }) => {
    // Those that are over are of no use to anybody.
    await tx.roomLink.deleteMany({ where: { roomId, expiresAt: { lte: new Date() } } });
    if ((await tx.roomLink.count({ where: { roomId } })) >= LINKS_PER_ROOM) {
      throw new Refusal('CONFLICT', `A room has up to ${LINKS_PER_ROOM} links: revoke one first.`);
    }
    await recordDeed(tx, viewer, {
      ...{ action: 'ROOM_LINK_CREATED', room },
      after: { maxUses, expiresAt: expiresAt.toISOString() },
    });
    return tx.roomLink.create({
      data: { roomId, codeHash: secret.hash, createdById: actor.id, maxUses, expiresAt },
      include: { createdBy: true },
    });
  });
  return { code: secret.text, link };
}

/** The links of a room that hold, the newest first; none for those who do not answer for them. */
export async function listRoomLinks(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<ListedLink[]> {
  const room = await visibleRoom(app, viewer, { id: roomId });
  if (!mayInRoom(standingIn(viewer, room), 'admit')) return [];
  const links = await app.db.prisma.roomLink.findMany({
    where: { roomId, expiresAt: { gt: new Date() } },
    include: { createdBy: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
  return links.filter(({ uses, maxUses }) => uses < maxUses);
}

/**
 * Ends a link of a room.
 * @throws Refusal NOT_FOUND, FORBIDDEN for those who do not keep order.
 */
export async function revokeRoomLink(
  app: App,
  viewer: Viewer,
  { roomId, linkId }: { roomId: string; linkId: string },
): Promise<Room> {
  return actIn(app, viewer, { roomId, ability: 'keepOrder' }, async ({ commit: { tx }, room }) => {
    const links = await tx.roomLink.findMany({ where: { roomId } });
    const link = links.find(({ id }) => id === linkId);
    if (!link) throw new Refusal('NOT_FOUND', 'There is no such link.');
    await tx.roomLink.deleteMany({ where: { id: link.id } });
    const { maxUses, uses } = link;
    await recordDeed(tx, viewer, { action: 'ROOM_LINK_REVOKED', room, before: { maxUses, uses } });
    return room;
  });
}

/** The room to which a code leads; null where it leads the viewer nowhere, for whatever reason. */
export async function findByLink(app: App, viewer: Viewer, code: string): Promise<Room | null> {
  const { user } = loggedIn(viewer);
  const { roomLink } = app.db.prisma;
  // All in one: how long it takes does not tell one reason from another.
  const link = await roomLink.findUnique({
    where: {
      codeHash: hashSecret(code),
      expiresAt: { gt: new Date() },
      room: { archivedAt: null, ...notBanned(user.id) },
      OR: [
        { uses: { lt: roomLink.fields.maxUses } },
        { room: { memberships: { some: { userId: user.id } } } },
      ],
    },
    include: { room: true },
  });
  return link && link.room;
}

/**
 * Makes the viewer a member of the room to which a code leads, which uses the link once; a member stays what they are.
 * @throws Refusal NOT_FOUND for a code that leads the viewer nowhere: made up, used up, over, revoked, or of a room that
 * does not let them in.
 */
export async function joinByLink(
  app: App,
  viewer: Viewer,
  { code }: { code: string },
): Promise<Room> {
  const { user } = loggedIn(viewer);
  const room = await findByLink(app, viewer, code);
  if (!room) throw new Refusal('NOT_FOUND', INVALID);
  const where = { roomId_userId: { roomId: room.id, userId: user.id } };
  return app.db.commit(async (tx, afterCommit) => {
    await lockPeople(tx, room.id);
    if (await tx.membership.findUnique({ where })) return room;
    const used = await tx.$executeRaw`
      UPDATE room_link SET uses = uses + 1
      WHERE code_hash = ${hashSecret(code)} AND uses < max_uses AND expires_at > now()`;
    if (used === 0) throw new Refusal('NOT_FOUND', INVALID);
    return admit({ tx, afterCommit, bus: app.bus }, room.id, user, { otherwise: INVALID });
  });
}

const INVALID = 'This link does not hold, or no longer.';

function checkRange(field: string, value: number, most: number): void {
  if (value >= 1 && value <= most) return;
  throw new Refusal('INVALID_INPUT', `This is a number from 1 to ${most}.`, { field });
}
