import { loggedIn, type Viewer } from '../viewer.ts';
import { visibleRooms } from '../visibility.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { Refusal } from '../errors.ts';
import { Prisma, type Room, type RoomVisibility, type User } from '../generated/prisma/client.ts';
import { requireLine } from '../input.ts';
import { append, type NewEvent } from '../live/log.ts';
import { namesOf } from './direct-members.ts';
import { addMember } from './membership.ts';
import { actIn } from './people.ts';
import { lockRoom } from './settings.ts';
import { normalizeSlug, requireSlug } from './slug.ts';

export const ROOM_NAME_MAX_LENGTH = 80;
export const TOPIC_MAX_LENGTH = 250;

export interface CreateRoomInput {
  slug: string;
  /** Null: the slug. */
  name: string | null;
  topic: string | null;
  visibility: RoomVisibility;
}

/**
 * Makes a room, whose owner and first member the viewer is.
 * @throws Refusal INVALID_INPUT; CONFLICT where the slug is taken, by whatever room.
 */
export async function createRoom(app: App, viewer: Viewer, input: CreateRoomInput): Promise<Room> {
  const { user } = loggedIn(viewer);
  const slug = requireSlug(input.slug);
  const data = {
    slug,
    name: checkName(input.name ?? slug),
    topic: checkTopic(input.topic),
    visibility: input.visibility,
  };
  try {
    return await app.db.commit(async (tx, afterCommit) => {
      const room = await tx.room.create({ data });
      return addMember({ tx, afterCommit, bus: app.bus }, room.id, user, 'OWNER');
    });
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002')
      throw error;
    throw new Refusal('CONFLICT', 'There is a room at that address already.', { field: 'slug' });
  }
}

/** The room at that address; null where the viewer sees none. */
export async function findRoomBySlug(app: App, viewer: Viewer, slug: string): Promise<Room | null> {
  return app.db.prisma.room.findFirst({
    where: { AND: [{ slug: normalizeSlug(slug) }, visibleRooms(viewer)] },
  });
}

/** Addresses that are looked up at once. */
export const SLUGS_LOOKED_UP = 100;

/**
 * The rooms at those addresses that the viewer sees, in no order and without direct messages.
 * @throws Refusal INVALID_INPUT for more than SLUGS_LOOKED_UP.
 */
export async function findRoomsBySlug(app: App, viewer: Viewer, slugs: string[]): Promise<Room[]> {
  if (slugs.length > SLUGS_LOOKED_UP) {
    const message = `No more than ${SLUGS_LOOKED_UP} rooms are looked up at once.`;
    throw new Refusal('INVALID_INPUT', message, { field: 'slugs' });
  }
  return app.db.prisma.room.findMany({
    where: {
      kind: 'ROOM',
      AND: [{ slug: { in: slugs.map(normalizeSlug) } }, visibleRooms(viewer)],
    },
  });
}

/** What a room is called; direct messages after their people, as these are called now. */
export async function nameOfRoom(app: App, { id, kind, name }: Room): Promise<string> {
  if (kind === 'ROOM') return name;
  return namesOf(await app.directMembers.ask(id));
}

/** Whose direct messages they are; nobody of a room. */
export async function directMembersOf(app: App, { id, kind }: Room): Promise<User[]> {
  return kind === 'DIRECT' ? app.directMembers.ask(id) : [];
}

/** The room of something that the viewer was shown already. */
export async function roomOf(
  app: App,
  { roomId }: { roomId: string },
  query: Pick<Prisma.RoomFindUniqueOrThrowArgs, 'include' | 'select'>,
): Promise<Room> {
  return app.db.prisma.room.findUniqueOrThrow({ ...query, where: { id: roomId } });
}

/** Where the log of a room stands, for those who see what is in the room; for the others, where it began. */
export async function headOf(app: App, viewer: Viewer, room: Room): Promise<number> {
  if (room.visibility === 'PUBLIC') return room.lastSeq;
  const { user } = loggedIn(viewer);
  const isMember = await app.memberships.ask({ roomId: room.id, userId: user.id });
  return isMember ? room.lastSeq : 0;
}

/** @throws Refusal INVALID_INPUT, NOT_FOUND, FORBIDDEN for all but owners and administrators. */
export async function renameRoom(
  app: App,
  viewer: Viewer,
  { roomId, name: typed }: { roomId: string; name: string },
): Promise<Room> {
  const name = checkName(typed);
  return changeRoom(app, viewer, roomId, { name }, (room) =>
    room.name === name ? null : { kind: 'ROOM_RENAMED', data: { name, previousName: room.name } },
  );
}

/** @throws Refusal INVALID_INPUT, NOT_FOUND, FORBIDDEN for all but owners and administrators. */
export async function setTopic(
  app: App,
  viewer: Viewer,
  { roomId, topic: typed }: { roomId: string; topic: string | null },
): Promise<Room> {
  const topic = checkTopic(typed);
  return changeRoom(app, viewer, roomId, { topic }, (room) =>
    room.topic === topic
      ? null
      : { kind: 'TOPIC_CHANGED', data: { topic, previousTopic: room.topic } },
  );
}

/**
 * Changes a room under its lock, so that each event names what was before it; no event, no write. The audit log has which texts
 * were changed, and not the texts.
 */
async function changeRoom(
  app: App,
  viewer: Viewer,
  roomId: string,
  data: Prisma.RoomUpdateInput,
  eventFor: (room: Room) => NewEvent | null,
): Promise<Room> {
  return actIn(app, viewer, { roomId, ability: 'edit' }, async ({ commit, actor }) => {
    const { tx } = commit;
    const room = await lockRoom(tx, roomId);
    const event = eventFor(room);
    if (event) {
      await tx.room.update({ where: { id: roomId }, data });
      const after = { changed: Object.keys(data) };
      await recordDeed(tx, viewer, { action: 'ROOM_CHANGED', room, after });
      await append(commit, roomId, actor, event);
    }
    return tx.room.findUniqueOrThrow({ where: { id: roomId } });
  });
}

export function checkName(name: string): string {
  return requireLine(name, { field: 'name', noun: 'name', maxLength: ROOM_NAME_MAX_LENGTH });
}

/** An empty topic is none. */
export function checkTopic(topic: string | null): string | null {
  if (topic === null || topic.trim() === '') return null;
  return requireLine(topic, { field: 'topic', noun: 'topic', maxLength: TOPIC_MAX_LENGTH });
}
