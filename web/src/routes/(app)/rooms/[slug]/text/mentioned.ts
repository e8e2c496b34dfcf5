import { createContext } from 'svelte';

/** Which of the names in a text stand for somebody. */
export interface Mentioned {
  /** The member of the room who bears the username, or has borne it. */
  find(username: string): { id: string } | null;
  /** Whether `@all` and `@here` call on anybody. */
  readonly callsAll: boolean;
  /** Whether the viewer wrote it, who then is not called. */
  readonly isOwn: boolean;
}

export const [getMentioned, setMentioned] = createContext<Mentioned>();
