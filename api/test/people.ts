/** The people of the tests, made through the domain as the schema would. */
import { loggedIn, type Person, type Viewer } from '../viewer.ts';
import { register } from '../account/account.ts';
import { findSession, startSession } from '../account/session.ts';
import type { App } from '../app.ts';
import type { Room } from '../generated/prisma/client.ts';
import { encodeNodeId } from '../node-id.ts';
import { joinRoom } from '../room/membership.ts';
import { createRoom } from '../room/room.ts';

export const PASSWORD = 'correct horse battery';

export const STRANGER: Viewer = {
  user: null,
  sessionId: null,
  address: '192.0.2.1',
  userAgent: null,
  isForeign: false,
};

export type TestPerson = Person & { token: string };

/** Registers somebody; the first of an app is its administrator. */
export async function person(app: App, username: string): Promise<TestPerson> {
  const { token } = await register(app, STRANGER, {
    username,
    password: PASSWORD,
    displayName: null,
    invitation: null,
    session: 'TOKEN',
  });
  const session = await findSession(app, 'TOKEN', token);
  return { ...loggedIn({ ...STRANGER, ...session! }), token };
}

/** The cookie of a browser in which somebody has logged in. */
export async function cookieOf(app: App, { user }: Person) {
  const { token } = await startSession(app, STRANGER, user, 'COOKIE');
  return { name: 'parley', value: token, httpOnly: true, sameSite: 'Lax' } as const;
}

/** Root the administrator, Ann who owns the room, Bob its member, Eve a stranger to it. */
export async function people(app: App) {
  const root = await person(app, 'root');
  const ann = await person(app, 'ann');
  const bob = await person(app, 'bob');
  const eve = await person(app, 'eve');
  const room = await createRoom(app, ann, {
    slug: 'garden',
    name: 'Garden',
    topic: null,
    visibility: 'PUBLIC',
  });
  await joinRoom(app, bob, { roomId: room.id });
  return { root, ann, bob, eve, room, roomId: roomId(room) };
}

/** The id by which the API knows the room. */
export const roomId = (room: Room): string => encodeNodeId('Room', room.id);
