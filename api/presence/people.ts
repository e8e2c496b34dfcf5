/**
 * What people are called, how they look and what they tell of themselves, as it changes. The bus says only
 * whose; whoever follows them is given them as they are by then. A hint that was lost is made up for by the
 * next subscription, which is given all first.
 */
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import type { Latest } from '../live/latest.ts';
import { followEach } from './stream.ts';

/** How long a change waits for others. */
const GATHER_MS = 100;

type Watcher = (userId: string) => void;

/** Who in this process wants to know of whom: one listening on the bus serves them all, while there are any. */
export class People {
  readonly #bus: Bus;
  readonly #watchers = new Map<string, Set<Watcher>>();
  #stopListening: () => void = () => {};

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.onGap((topics) => {
      for (const topic of topics) {
        if (topic === 'people') for (const userId of this.#watchers.keys()) this.#tell(userId);
      }
    });
  }

  /** Returns what ends it. */
  watch(userIds: readonly string[], changed: Watcher): () => void {
    if (userIds.length === 0) return () => {};
    if (this.#watchers.size === 0) {
      this.#stopListening = this.#bus.listen('people', ({ userId }) => this.#tell(userId));
    }
    for (const userId of userIds) {
      this.#watchers.set(userId, (this.#watchers.get(userId) ?? new Set()).add(changed));
    }
    return () => {
      for (const userId of userIds) {
        const watchers = this.#watchers.get(userId);
        if (watchers?.delete(changed) && watchers.size === 0) this.#watchers.delete(userId);
      }
      if (this.#watchers.size > 0) return;
      this.#stopListening();
      this.#stopListening = () => {};
    };
  }

  #tell(userId: string): void {
    for (const changed of this.#watchers.get(userId) ?? []) changed(userId);
  }
}

/**
 * Those of these people who have changed, by their ids: first all of them.
 * @throws Refusal UNAUTHENTICATED, RATE_LIMITED; INVALID_INPUT for too many.
 */
export function followPeople(
  app: App,
  viewer: Viewer,
  { userIds }: { userIds: string[] },
): Latest<string[]> {
  return followEach(app, viewer, {
    userIds,
    of: (userId) => userId,
    watch: (changed) => app.people.watch(userIds, changed),
    gatherMs: GATHER_MS,
  });
}

/** These people as they are now; who is nobody is passed over. */
export async function findPeople(app: App, userIds: readonly string[]): Promise<User[]> {
  const users = await Promise.all(userIds.map((id) => app.users.ask(id)));
  return users.filter((user) => user !== null);
}
