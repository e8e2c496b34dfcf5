/** What was looked at before the lock of a room's people is looked at again under it. */
import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import { banMember } from '../moderation/ban.ts';
import { removeMember } from '../moderation/removal.ts';
import { timeOutMember } from '../moderation/timeout.ts';
import { startApp } from '../test/harness.ts';
import { hold, lockingPeople, waiting } from '../test/locks.ts';
import { people, type TestPerson } from '../test/people.ts';
import { archiveRoom } from './archive.ts';
import { deleteRoom } from './deletion.ts';
import { inviteToRoom } from './invitation.ts';
import { createRoomLink, revokeRoomLink } from './link.ts';
import { answerJoinRequest, requestToJoin } from './request.ts';
import { setMemberRole } from './role.ts';
import { renameRoom, setTopic } from './room.ts';
import { updateRoom } from './settings.ts';

interface Scene {
  app: App;
  roomId: string;
  linkId: string;
  bobId: string;
  eveId: string;
}

type Deed = (scene: Scene, who: TestPerson) => Promise<unknown>;

const [reason, until] = [null, null];
const soon = () => new Date(Date.now() + 60_000);
const LINK = { maxUses: 1, expiresInDays: 1 };

const DEEDS: [string, Deed][] = [
  ['renaming', ({ app, roomId }, who) => renameRoom(app, who, { roomId, name: 'Plums' })],
  ['setting the topic', ({ app, roomId }, who) => setTopic(app, who, { roomId, topic: 'Plums' })],
  ['changing', ({ app, roomId }, who) => updateRoom(app, who, { roomId, slowModeSeconds: 5 })],
  ['archiving', ({ app, roomId }, who) => archiveRoom(app, who, { roomId })],
  ['deleting', ({ app, roomId }, who) => deleteRoom(app, who, { roomId, slug: 'garden' })],
  [
    'inviting',
    ({ app, roomId, eveId }, who) => inviteToRoom(app, who, { roomId, userIds: [eveId] }),
  ],
  ['making a link', ({ app, roomId }, who) => createRoomLink(app, who, { roomId, ...LINK })],
  [
    'revoking a link',
    ({ app, roomId, linkId }, who) => revokeRoomLink(app, who, { roomId, linkId }),
  ],
  [
    'letting somebody in',
    ({ app, roomId, eveId: userId }, who) =>
      answerJoinRequest(app, who, { roomId, userId, accept: true }),
  ],
  [
    'appointing',
    ({ app, roomId, bobId: userId }, who) =>
      setMemberRole(app, who, { roomId, userId, role: 'OWNER' }),
  ],
  [
    'removing',
    ({ app, roomId, bobId: userId }, who) => removeMember(app, who, { roomId, userId, reason }),
  ],
  [
    'banning',
    ({ app, roomId, bobId: userId }, who) => banMember(app, who, { roomId, userId, reason, until }),
  ],
  [
    'timing out',
    ({ app, roomId, bobId: userId }, who) =>
      timeOutMember(app, who, { roomId, userId, reason, until: soon() }),
  ],
];

async function start() {
  const server = await startApp();
  const { app } = server;
  const all = await people(app);
  const roomId = all.room.id;
  await updateRoom(app, all.ann, { roomId, visibility: 'RESTRICTED' });
  await requestToJoin(app, all.eve, { roomId, text: '' });
  const { link } = await createRoomLink(app, all.ann, { roomId, ...LINK });
  const [bobId, eveId] = [all.bob.user.id, all.eve.user.id];
  return { server, ...all, scene: { app, roomId, linkId: link.id, bobId, eveId } };
}

/** Rows about the room, and what was done to it. */
const count = async ({ db: { prisma } }: App) => [
  await prisma.roomEvent.count(),
  await prisma.auditEntry.count(),
  await prisma.roomInvitation.count(),
  await prisma.joinRequest.count(),
  await prisma.roomLink.count(),
  await prisma.membership.count(),
  await prisma.room.count(),
];

const LOSSES: [
  string,
  (cast: Awaited<ReturnType<typeof start>>) => [TestPerson, string],
  string,
][] = [
  [
    'a room’s former owner',
    ({ ann }) => [ann, `UPDATE membership SET role = 'MEMBER' WHERE user_id = '${ann.user.id}'`],
    'FORBIDDEN',
  ],
  [
    'a former administrator',
    ({ root }) => [root, `UPDATE "user" SET role = 'MEMBER' WHERE id = '${root.user.id}'`],
    'FORBIDDEN',
  ],
  [
    'a former member of a private room',
    ({ ann }) => [
      ann,
      `UPDATE room SET visibility = 'PRIVATE'; DELETE FROM membership WHERE user_id = '${ann.user.id}'`,
    ],
    'NOT_FOUND',
  ],
  ['nobody in a room that is no more', ({ ann }) => [ann, 'DELETE FROM room'], 'NOT_FOUND'],
];

test.each(LOSSES)('%s does nothing that was begun before', async (_title, lossOf, code) => {
  const cast = await start();
  await using server = cast.server;
  const { scene } = cast;
  const { app } = scene;
  const [who, loss] = lossOf(cast);
  const before = await count(app);
  const release = await hold(server, `${lockingPeople(scene.roomId)}; ${loss}`);
  const refused = DEEDS.map(([title, deed]) =>
    expect(deed(scene, who), title).rejects.toMatchObject({ code }),
  );
  // Released whatever comes of it, or the server would wait for those who wait.
  await expect
    .poll(() => waiting(server))
    .toBeGreaterThanOrEqual(DEEDS.length)
    .finally(release);
  await Promise.all(refused);
  expect(await count(app)).toEqual(code === 'FORBIDDEN' ? before : expect.anything());
});
