import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { Latest } from '../live/latest.ts';
import type { ChosenStatus, PresenceStatus } from './attendance.ts';
import type { Presence } from './presences.ts';
import { followEach, openStream } from './stream.ts';

/** How long a change waits for others, so that a crowd that comes or goes is told at once. */
const GATHER_MS = 250;

/** @throws Refusal UNAUTHENTICATED */
export function presenceOf(app: App, viewer: Viewer, userId: string): Presence {
  return loggedIn(viewer) && app.presences.of(userId);
}

/**
 * Makes the viewer present with one device for as long as the stream is read, and tells how others
 * see them: now, and whenever that changes.
 * @param status what the device remembers that they chose; it counts where no process knows better.
 * @throws Refusal UNAUTHENTICATED, RATE_LIMITED
 */
export function attend(
  app: App,
  viewer: Viewer,
  { isIdle, status }: { isIdle: boolean; status: ChosenStatus | null },
): Latest<Presence> {
  const { id } = loggedIn(viewer).user;
  let told: PresenceStatus | null = null;
  const read = () => {
    const presence = app.presences.of(id);
    if (presence.status === told) return null;
    told = presence.status;
    return presence;
  };
  const stream = openStream(app, viewer, { read, gatherMs: GATHER_MS });
  stream.onEnd(app.presences.watch([id], () => stream.touch()));
  stream.onEnd(app.presences.enter(id, { isIdle }, status));
  return stream;
}

/**
 * How these people are present: first all of them, then those who have changed.
 * @throws Refusal UNAUTHENTICATED, RATE_LIMITED; INVALID_INPUT for too many.
 */
export function followPresence(
  app: App,
  viewer: Viewer,
  { userIds }: { userIds: string[] },
): Latest<Presence[]> {
  return followEach(app, viewer, {
    userIds,
    of: (userId) => app.presences.of(userId),
    watch: (changed) => app.presences.watch(userIds, changed),
    gatherMs: GATHER_MS,
  });
}

/**
 * Chooses how the viewer is seen, on all their devices, for as long as one of them is present.
 * @throws Refusal UNAUTHENTICATED
 */
export function chooseStatus(
  app: App,
  viewer: Viewer,
  { status }: { status: ChosenStatus },
): Presence {
  const { id } = loggedIn(viewer).user;
  app.presences.choose(id, status);
  return app.presences.of(id);
}
