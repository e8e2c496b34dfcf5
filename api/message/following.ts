import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { decodeCursor } from '../live/cursor.ts';
import type { Follower } from '../live/follower.ts';
import { leaverOf, type RoomEvent } from '../live/log.ts';
import { checkFollows } from '../members.ts';

/** Subscriptions of one person that no others share, on one process. */
export const FOLLOWERS_PER_USER = 500;

export interface FollowInput {
  roomId: string;
  /** A cursor; null follows from now on. */
  after: string | null;
}

/**
 * The events of a room past a cursor, in order, each once, for as long as the viewer is a member
 * and logged in; the viewer's own leaving or removal is the last.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are not members; INVALID_INPUT for what is no
 * cursor; RESYNC_REQUIRED for a cursor of another history.
 */
export async function followRoom(app: App, viewer: Viewer, input: FollowInput): Promise<Follower> {
  return follow(app, viewer, input, () => true);
}

/** Whether a room's history has grown by a message. */
export function isMessageAdded(event: RoomEvent): boolean {
  return event.kind === 'MESSAGE_POSTED' && event.message.inRoom;
}

/** The same, of messages that the room's history has. */
export async function followMessages(
  app: App,
  viewer: Viewer,
  input: FollowInput,
): Promise<Follower> {
  return follow(app, viewer, input, isMessageAdded);
}

/**
 * What a follower of any kind is asked first: whether they may, from where, and until which event.
 * @throws Refusal as `followRoom`
 */
export function approach(app: App, viewer: Viewer, { roomId, after }: FollowInput) {
  const { user } = loggedIn(viewer);
  const readPosition = () => (after === null ? null : decodeCursor(app.db.epoch, after, 'after'));
  return {
    position: readPosition(),
    async admit() {
      // Asked behind the feed's head. What the log has by now is known by now, also where the feed has
      // not heard of it: a leaving past that will be met.
      const lastSeq = await checkFollows(app, viewer, roomId);
      // And the cursor: a feed is of one epoch, which may not be that of the question.
      readPosition();
      return {
        isLast: (event: RoomEvent) => leaverOf(event) === user.id && event.seq > lastSeq,
      };
    },
  };
}

async function follow(
  app: App,
  viewer: Viewer,
  input: FollowInput,
  wants: (event: RoomEvent) => boolean,
): Promise<Follower> {
  const { user, sessionId } = loggedIn(viewer);
  const leave = app.followers.enter(user.id);
  if (!leave) throw tooManyFollowers();
  let follower: Follower | null = null;
  let isLoggedOut = false;
  // From the start: a session may end while the room is being found.
  const stopListening = app.bus.listen(`session:${sessionId}`, () => {
    isLoggedOut = true;
    void follower?.return();
  });
  try {
    const { position, admit } = approach(app, viewer, input);
    follower = await app.feeds.follow(input.roomId, position, async () => ({
      wants,
      ...(await admit()),
    }));
  } catch (error) {
    stopListening();
    leave();
    throw error;
  }
  follower.onEnd(stopListening);
  follower.onEnd(leave);
  if (isLoggedOut) await follower.return();
  return follower;
}

export function tooManyFollowers(): Refusal {
  return new Refusal(
    'RATE_LIMITED',
    `You may have ${FOLLOWERS_PER_USER} subscriptions that are executed for you alone.`,
    { retryAfterMs: 1_000 },
  );
}
