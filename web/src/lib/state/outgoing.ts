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

/** Random and unique per author, also where `crypto.randomUUID` is withheld: over plain HTTP in a local network. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
