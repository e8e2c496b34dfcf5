import { Refusal } from '../errors.ts';
import { nodeKey } from '../node-id.ts';

/** A message by its room and number. */
export interface MessageKey {
  roomId: string;
  seq: number;
}

/** @throws Refusal NOT_FOUND for what is no id of a message. */
export function messageKey(id: string): MessageKey {
  const [roomId, seq] = nodeKey('Message', id).split('.') as [string, string];
  return { roomId, seq: Number(seq) };
}

/**
 * The number of a message that must be of that room; null where there is no id.
 * @throws Refusal NOT_FOUND
 */
export function messageIn(
  roomId: string,
  id: string | null | undefined,
  field: string,
): number | null {
  if (!id) return null;
  const key = messageKey(id);
  if (key.roomId === roomId) return key.seq;
  throw new Refusal('NOT_FOUND', 'There is no such message in this room.', { field });
}
