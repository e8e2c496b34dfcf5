/** A message that the server has not confirmed yet. */
export interface Outgoing {
  idempotencyKey: string;
  roomId: string;
  body: string;
  /** When it was written, as ISO 8601; also its place in the queue. */
  createdAt: string;
  /** Why the server refused it; null while it is still to be sent. */
  failure: string | null;
}
