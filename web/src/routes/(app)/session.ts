import { createContext } from 'svelte';
import type { ViewerFragment, ViewerQuery } from '#lib/graphql/generated/graphql.ts';
import type { Inbox } from '#lib/state/inbox.svelte.ts';
import type { Conversations } from '#lib/state/conversations.svelte.ts';

/** What every page of a logged-in person may use. Its lifetime is the session's in this tab. */
export interface Session {
  readonly me: ViewerFragment;
  readonly server: ViewerQuery['server'];
  readonly conversations: Conversations;
  readonly inbox: Inbox;
  /** Opens the dialog that creates a room. */
  createRoom(): void;
  /** Whether the page before this one was the list of rooms. */
  cameFromHome(): boolean;
  /** Opens the list of keys. */
  openHelp(): void;
}

export const [getSession, setSession] = createContext<Session>();
