/** Who acts. */
import { Refusal } from './errors.ts';
import type { User } from './generated/prisma/client.ts';

/** Who acts: somebody at an address, logged in or not. */
export interface Viewer {
  user: User | null;
  sessionId: string | null;
  /** The network address, for limits and for the list of sessions. */
  address: string;
  userAgent: string | null;
  /** Whether a page of another origin sent the request: it may use tokens, and no cookies. */
  isForeign: boolean;
}

export interface Person extends Viewer {
  user: User;
  sessionId: string;
}

/** @throws Refusal UNAUTHENTICATED for a viewer who is not logged in. */
export function loggedIn(viewer: Viewer): Person {
  if (!viewer.user) throw new Refusal('UNAUTHENTICATED', 'Log in first.');
  return viewer as Person;
}
