import { createContext } from 'svelte';

/** Which of the names in a text stand for somebody. */
export interface Mentioned {
  /** Whether a member of the room bears the username. */
  isMember(username: string): boolean;
  /** Whether `@all` and `@here` call on anybody. */
  readonly callsAll: boolean;
  /** Whether the viewer wrote it, who then is not called. */
  readonly isOwn: boolean;
}

export const [getMentioned, setMentioned] = createContext<Mentioned>();
