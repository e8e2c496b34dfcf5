import type { AttachmentFragment, QuotedMessageFragment } from '#lib/graphql/generated/graphql.ts';
import type { Queued } from './queue-store.ts';

/** Where in a room a message goes, and what with. */
export interface Place {
  /** What it answers, as its author saw it. */
  replyTo?: QuotedMessageFragment;
  /** The first message of the thread. */
  threadId?: string;
  alsoInRoom?: boolean;
  /** Uploaded, and sent with it; none in what an earlier version of this page has left. */
  attachments?: readonly AttachmentFragment[];
}

/** A message that the server has not confirmed yet. */
export interface Outgoing extends Place, Queued {
  roomId: string;
  body: string;
}

/** @param threadId null for the room itself */
export function isShownIn(outgoing: Outgoing, roomId: string, threadId: string | null): boolean {
  if (outgoing.roomId !== roomId) return false;
  if (threadId !== null) return outgoing.threadId === threadId;
  return !outgoing.threadId || Boolean(outgoing.alsoInRoom);
}
