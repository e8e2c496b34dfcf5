import { loggedIn, type Viewer } from '../access.ts';
import type { App } from '../app.ts';
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
