import { Refusal } from '../errors.ts';

/**
 * A position in a room's log, opaque to clients: `epoch.seq`. Connections and subscriptions use
 * the same, so that a page's `endCursor` is what a subscription's `after` takes.
 */
export function encodeCursor(epoch: string, seq: number): string {
  return `${epoch}.${seq}`;
}

/**
 * The number that a cursor points at.
 * @throws Refusal INVALID_INPUT where it is no cursor, RESYNC_REQUIRED where it is of another history.
 */
export function decodeCursor(epoch: string, cursor: string, field: string): number {
  const [, cursorEpoch, digits] = /^([\w-]{8})\.(\d{1,10})$/.exec(cursor) ?? [];
  const seq = Number(digits);
  if (!cursorEpoch || seq > 2 ** 31 - 1) {
    throw new Refusal('INVALID_INPUT', 'That is not a cursor of a room.', { field });
  }
  if (cursorEpoch !== epoch) throw resyncRequired();
  return seq;
}

/** What a client is told whose position is not in this history. */
export function resyncRequired(): Refusal {
  return new Refusal(
    'RESYNC_REQUIRED',
    'The server’s history is not the one this cursor belongs to. Load the room afresh.',
  );
}
