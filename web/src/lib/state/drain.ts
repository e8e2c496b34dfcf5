import type { Queued, QueueStore } from './queue-store.ts';

/** What came of one attempt to send. */
export type Delivery =
  | { kind: 'delivered' }
  /** The server's last word; only its author can decide what to do with it. */
  | { kind: 'refused'; reason: string }
  /** Not its own fault; the same will succeed later. */
  | { kind: 'later'; afterMs?: number | undefined }
  | { kind: 'session-over' };

/**
 * Sends what is queued, strictly one after the other, so that all is seen in the order in which its author did it. Gives what stopped it: nothing left (`delivered`), a wait, or the end of the session.
 */
export async function drain<Item extends Queued>(
  store: QueueStore<Item>,
  deliver: (item: Item) => Promise<Delivery>,
  changed: () => void,
): Promise<Delivery> {
  for (;;) {
    const next = store.list().find(({ failure }) => failure === null);
    if (!next) return { kind: 'delivered' };
    const delivery = await deliver(next);
    if (delivery.kind === 'delivered') store.remove(next);
    else if (delivery.kind === 'refused') store.update({ ...next, failure: delivery.reason });
    else return delivery;
    changed();
  }
}
