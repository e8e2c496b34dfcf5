import type { Queued } from './queue-store.ts';

/** What is to become of a message that was sent. */
export type Wish =
  | { kind: 'EDIT'; body: string }
  | { kind: 'DELETE' }
  /** `on` adds it, else it is taken back. */
  | { kind: 'REACTION'; emoji: string; on: boolean };

export interface Target {
  roomId: string;
  messageId: string;
}

/** A change of a message that the server has not taken yet. */
export type PendingChange<Kind extends Wish['kind'] = Wish['kind']> = Queued &
  Target &
  Extract<Wish, { kind: Kind }>;

/** Whether a change makes an earlier one of the same message pointless: the last wish counts. */
export function replaces(wish: Wish, earlier: PendingChange): boolean {
  if (wish.kind === 'DELETE') return true;
  if (wish.kind === 'EDIT') return earlier.kind === 'EDIT';
  return earlier.kind === 'REACTION' && earlier.emoji === wish.emoji;
}

export const reactionKey = (messageId: string, emoji: string): string => `${messageId} ${emoji}`;
