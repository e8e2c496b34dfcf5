import type { RoomHeaderFragment } from '#lib/graphql/generated/graphql.ts';

/** How long the viewer waits before they may write in a room again, by what was sent from here. */
export class SlowMode {
  readonly #room: () => RoomHeaderFragment;
  #sentAt = $state(-Infinity);
  #now = $state(0);

  constructor(room: () => RoomHeaderFragment) {
    this.#room = room;
  }

  /** Whole seconds; 0 where they need not wait. */
  get secondsLeft(): number {
    const { slowModeSeconds, viewerMembership } = this.#room();
    if (viewerMembership?.role !== 'MEMBER') return 0;
    return Math.max(0, Math.ceil((this.#sentAt + slowModeSeconds * 1_000 - this.#now) / 1_000));
  }

  sent(): void {
    this.#sentAt = this.#now = Date.now();
  }

  /** Counts down. Call in an effect; gives what ends it. */
  count(): (() => void) | undefined {
    if (this.secondsLeft === 0) return undefined;
    const timer = setInterval(() => (this.#now = Date.now()), 1_000);
    return () => clearInterval(timer);
  }
}
