import type { AttachmentFragment, QuotedMessageFragment } from '#lib/graphql/generated/graphql.ts';

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
export interface Outgoing extends Place {
  idempotencyKey: string;
  roomId: string;
  body: string;
  /** When it was written, as ISO 8601; also its place in the queue. */
  createdAt: string;
  /** Why the server refused it; null while it is still to be sent. */
  failure: string | null;
}

/** @param threadId null for the room itself */
export function isShownIn(outgoing: Outgoing, roomId: string, threadId: string | null): boolean {
  if (outgoing.roomId !== roomId) return false;
  if (threadId !== null) return outgoing.threadId === threadId;
  return !outgoing.threadId || Boolean(outgoing.alsoInRoom);
}
