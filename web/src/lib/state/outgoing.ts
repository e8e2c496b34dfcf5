import type { AttachmentFragment } from '#lib/graphql/generated/graphql.ts';

/** A message that the server has not confirmed yet. */
export interface Outgoing {
  idempotencyKey: string;
  roomId: string;
  body: string;
  /** Uploaded, and sent with it; none in what an earlier version of this page has left. */
  attachments?: readonly AttachmentFragment[];
  /** When it was written, as ISO 8601; also its place in the queue. */
  createdAt: string;
  /** Why the server refused it; null while it is still to be sent. */
  failure: string | null;
}
