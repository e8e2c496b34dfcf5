import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { Latest } from '../live/latest.ts';
import { tooManyFollowers } from '../message/following.ts';

/**
 * A stream that counts among its viewer's subscriptions and ends with their session.
 * @throws Refusal UNAUTHENTICATED, RATE_LIMITED
 */
export function openStream<Value>(
  app: App,
  viewer: Viewer,
  { read, gatherMs }: { read: () => Value | null; gatherMs: number },
): Latest<Value> {
  const { user, sessionId } = loggedIn(viewer);
  const leave = app.followers.enter(user.id);
  if (!leave) throw tooManyFollowers();
  const stream = new Latest(read, gatherMs);
  stream.onEnd(leave);
  stream.onEnd(app.bus.listen(`session:${sessionId}`, () => void stream.return()));
  return stream;
}

/** People whom one subscription may watch. */
export const MOST_WATCHED = 500;

/**
 * What is to be told of these people: first of all of them, then of those who have changed.
 * @param of what is told of one of them, when it is told
 * @param watch begins to hear of changes; returns what ends it
 * @throws Refusal UNAUTHENTICATED, RATE_LIMITED; INVALID_INPUT for too many.
 */
export function followEach<Value>(
  app: App,
  viewer: Viewer,
  {
    userIds,
    of,
    watch,
    gatherMs,
  }: {
    userIds: string[];
    of: (userId: string) => Value;
    watch: (changed: (userId: string) => void) => () => void;
    gatherMs: number;
  },
): Latest<Value[]> {
  if (userIds.length > MOST_WATCHED) {
    throw new Refusal('INVALID_INPUT', `Follow up to ${MOST_WATCHED} people at a time.`, {
      field: 'userIds',
    });
  }
  const untold = new Set(userIds);
  let isFirst = true;
  const read = () => {
    if (untold.size === 0 && !isFirst) return null;
    isFirst = false;
    const told = [...untold].map(of);
    untold.clear();
    return told;
  };
  const stream = openStream(app, viewer, { read, gatherMs });
  stream.onEnd(
    watch((userId) => {
      untold.add(userId);
      stream.touch();
    }),
  );
  return stream;
}
