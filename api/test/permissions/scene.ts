/** Rooms with somebody of every relation to them, for asking everything of everybody. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSecret } from '../../account/secret.ts';
import type { App } from '../../app.ts';
import type { RoomRole } from '../../generated/prisma/client.ts';
import { encodeCursor } from '../../live/cursor.ts';
import { postMessage } from '../../message/message.ts';
import { encodeNodeId } from '../../node-id.ts';
import type { TestPerson } from '../people.ts';
import { type Cast, isGone, type Someone } from './cast.ts';
import type { Place } from './row.ts';

/** What the questions are about. */
export interface Scene {
  /** The room's key in the database. */
  key: string;
  author: TestPerson;
  authorExportId: string;
  roomId: string;
  slug: string;
  linkId: string;
  linkCode: string;
  /** Before anything was said. */
  cursor: string;
  /** The author's, the first message and a reply in its thread. */
  messageId: string;
  replyId: string;
  membershipId: string;
  /** Messages of the others. */
  ownMessageIds: Partial<Record<Someone, string>>;
  /** Pictures of the author's: one that was sent, and one that was not. */
  sentFileId: string;
  unsentFileId: string;
  /** Somebody who is no member, has reported the author's message, and asks to be let in where one asks. */
  bystanderId: string;
  /** Somebody who is banned from the room. */
  bannedId: string;
  bystanderSessionId: string;
  /** To register. */
  invitationId: string;
  reportId: string;
}

/** Where it is asked: direct messages that a block has silenced are of two people, and those of more are others. */
export type Setting = Exclude<Place, 'SERVER'> | 'SEVERED';

export function settingOf(place: Place, who: Someone | null): Setting {
  if (place === 'SERVER') return 'PUBLIC';
  return place === 'DIRECT' && who === 'blocked' ? 'SEVERED' : place;
}

type Roles = Partial<Record<Someone, RoomRole>>;
const IN_ROOM: Roles = {
  ...{ owner: 'OWNER', moderator: 'MODERATOR', member: 'MEMBER', blocked: 'MEMBER' },
  ...{ timedOut: 'MEMBER', deactivated: 'MODERATOR', serverBanned: 'MODERATOR' },
};
/** Who belongs to it besides the author. */
const MEMBERS: Record<Setting, Roles> = {
  ...{ PUBLIC: IN_ROOM, RESTRICTED: IN_ROOM, PRIVATE: IN_ROOM },
  DIRECT: { member: 'MEMBER', staff: 'MEMBER', deactivated: 'MEMBER', serverBanned: 'MEMBER' },
  SEVERED: { blocked: 'MEMBER' },
};

const DAY_MS = 24 * 60 * 60 * 1_000;
const inADay = () => new Date(Date.now() + DAY_MS);

/** What is known of a scene before it is there. */
type Plan = ReturnType<typeof plan>;

function plan() {
  const [id, bystanderId] = [crypto.randomUUID(), crypto.randomUUID()];
  return {
    ...{ id, slug: `room-${id}`, link: { id: crypto.randomUUID(), ...createSecret() } },
    ...{ bystanderId, sessionId: crypto.randomUUID(), reportId: crypto.randomUUID() },
    invitationId: crypto.randomUUID(),
    files: { sent: crypto.randomUUID(), unsent: crypto.randomUUID() },
  };
}

/** As many as are wanted at once, which costs little more than one. */
export async function createScenes(
  app: App,
  cast: Cast,
  setting: Setting,
  count: number,
): Promise<Scene[]> {
  const plans = Array.from({ length: count }, plan);
  await furnish(app, cast, setting, plans);
  const said = await converse(app, cast, setting, plans);
  await addDealings(app, cast, setting, plans);
  return plans.map((planned, index) => {
    const { id, slug, link, files } = planned;
    const { author, authorExportId } = cast;
    return {
      ...{ key: id, author, authorExportId, slug, linkCode: link.text },
      ...{ roomId: encodeNodeId('Room', id), linkId: link.id },
      ...{ cursor: encodeCursor(app.db.epoch, 0), ...said[index]! },
      membershipId: encodeNodeId('Membership', `${id}.${author.user.id}`),
      ...{ sentFileId: files.sent, unsentFileId: files.unsent },
      bystanderId: encodeNodeId('User', planned.bystanderId),
      bannedId: encodeNodeId('User', cast.people.banned.user.id),
      bystanderSessionId: encodeNodeId('Session', planned.sessionId),
      reportId: encodeNodeId('Report', planned.reportId),
      invitationId: planned.invitationId,
    };
  });
}

/** The rooms, and who and what is in them from the beginning. */
async function furnish({ db, storage }: App, cast: Cast, setting: Setting, plans: Plan[]) {
  const { prisma } = db;
  const { author, people } = cast;
  const members = membersOf(setting);
  const kind = isDirect(setting) ? 'DIRECT' : 'ROOM';
  const visibility = isDirect(setting) ? 'PRIVATE' : setting;
  const memberCount = 1 + members.length;
  await prisma.room.createMany({
    data: plans.map(({ id, slug }) => ({
      ...{ id, slug, name: slug, kind, visibility, memberCount },
      ...(kind === 'DIRECT' && { directKey: id }),
    })),
  });
  await prisma.membership.createMany({
    data: plans.flatMap(({ id: roomId }) => [
      { roomId, userId: author.user.id },
      ...members.map(([who, role]) => ({ roomId, userId: people[who].user.id, role })),
    ]),
  });
  const files = plans.flatMap(({ id: roomId, files: { sent, unsent } }) =>
    [sent, unsent].map((id) => ({
      ...{ id, roomId, uploaderId: author.user.id, idempotencyKey: id, name: 'plums.png' },
      ...{ mediaType: 'image/png', size: 5, hash: Buffer.alloc(32) },
    })),
  );
  await prisma.file.createMany({ data: files });
  for (const { id } of files) {
    await mkdir(dirname(storage.pathOf(id, 'file')), { recursive: true });
    await writeFile(storage.pathOf(id, 'file'), 'plums');
    await writeFile(storage.pathOf(id, 'thumbnail'), 'plums');
  }
}

/** What is said: first by the author, with a picture, then by all others, and a reply. */
async function converse(app: App, { author, people }: Cast, setting: Setting, plans: Plan[]) {
  const say = async (viewer: TestPerson, roomId: string, place: object = {}) => {
    const idempotencyKey = crypto.randomUUID();
    return postMessage(app, viewer, { roomId, body: 'plums', idempotencyKey, ...place });
  };
  const idOf = ({ roomId, seq }: { roomId: string; seq: number }) =>
    encodeNodeId('Message', `${roomId}.${seq}`);
  const speakers = membersOf(setting).filter(([who]) => !isGone(who));
  return Promise.all(
    plans.map(async ({ id, files }) => {
      const first = await say(author, id, { fileIds: [files.sent] });
      const [reply, ...others] = await Promise.all([
        say(author, id, { thread: first.seq }),
        ...speakers.map(([who]) => say(people[who], id)),
      ]);
      const own = speakers.map(([who], index) => [who, idOf(others[index]!)]);
      const ownMessageIds: Scene['ownMessageIds'] = Object.fromEntries(own);
      return { messageId: idOf(first), replyId: idOf(reply), ownMessageIds };
    }),
  );
}

/** What those in charge and others have to do with it. */
async function addDealings({ db }: App, cast: Cast, setting: Setting, plans: Plan[]) {
  const { prisma } = db;
  const { author, people } = cast;
  const [byId, expiresAt, until] = [author.user.id, inADay(), inADay()];
  const inAll = { roomId: { in: plans.map(({ id }) => id) } };
  const each = <T>(make: (planned: Plan) => T) => ({ data: plans.map(make) });

  await prisma.user.createMany(
    each(({ bystanderId: id }) => {
      const username = `passer-${id}`.slice(0, 32);
      return { id, username, usernameKey: username, displayName: username };
    }),
  );
  await prisma.session.createMany(
    each(({ sessionId: id, bystanderId: userId }) => ({
      ...{ id, userId, kind: 'TOKEN' as const, tokenHash: createSecret().hash, expiresAt },
    })),
  );
  await prisma.invitation.createMany(
    each(({ invitationId: id }) => ({
      ...{ id, codeHash: createSecret().hash, createdById: byId, usesLeft: 1, expiresAt },
    })),
  );
  const firsts = await prisma.message.groupBy({ by: 'roomId', where: inAll, _min: { seq: true } });
  const firstIn = new Map(firsts.map(({ roomId, _min }) => [roomId, _min.seq!]));
  await prisma.report.createMany(
    each(({ id: roomId, reportId: id, bystanderId: reporterId }) => {
      const seq = firstIn.get(roomId)!;
      return { id, roomId, seq, reporterId, authorId: author.user.id, reason: 'Plums.' };
    }),
  );
  if (isDirect(setting)) {
    const isSevered = setting === 'SEVERED';
    await prisma.room.updateMany({ where: { id: inAll.roomId }, data: { isSevered } });
    return;
  }
  const [banned, timedOut] = [people.banned.user.id, people.timedOut.user.id];
  await prisma.roomBan.createMany(each(({ id: roomId }) => ({ roomId, userId: banned, byId })));
  await prisma.roomTimeout.createMany(
    each(({ id: roomId }) => ({ roomId, userId: timedOut, until })),
  );
  await prisma.membership.updateMany({
    where: { ...inAll, userId: timedOut },
    data: { timedOutUntil: until },
  });
  await prisma.roomLink.createMany(
    each(({ id: roomId, link: { id, hash: codeHash } }) => ({
      ...{ id, roomId, codeHash, createdById: byId, maxUses: 9, expiresAt },
    })),
  );
  if (setting === 'RESTRICTED') {
    await prisma.joinRequest.createMany(
      each(({ id: roomId, bystanderId: userId }) => ({ roomId, userId, text: 'Plums?' })),
    );
  }
}

const membersOf = (setting: Setting) => Object.entries(MEMBERS[setting]) as [Someone, RoomRole][];

const isDirect = (setting: Setting): setting is 'DIRECT' | 'SEVERED' =>
  setting === 'DIRECT' || setting === 'SEVERED';
