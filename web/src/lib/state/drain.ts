import type { OutboxStore } from './outbox-store.ts';
import type { Outgoing } from './outgoing.ts';

/** What came of one attempt to send. */
export type Delivery =
  | { kind: 'delivered' }
  /** The server's last word; only its author can decide what to do with the message. */
  | { kind: 'refused'; reason: string }
  /** Not the message's fault; the same will succeed later. */
  | { kind: 'later'; afterMs?: number | undefined }
  | { kind: 'session-over' };

/**
 * Sends what is queued, strictly one after the other, so that a room shows an author's messages in the order of
 * writing. Gives what stopped it: nothing left (`delivered`), a wait, or the end of the session.
 */
export async function drain(
  store: OutboxStore,
  deliver: (outgoing: Outgoing) => Promise<Delivery>,
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
