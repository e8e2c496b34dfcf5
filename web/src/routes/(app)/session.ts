import { createContext } from 'svelte';
import type {
  BlockedUserFragment,
  ChosenStatus,
  ViewerFragment,
  ViewerQuery,
} from '#lib/graphql/generated/graphql.ts';
import type { Blocks } from '#lib/state/blocks.svelte.ts';
import type { TitledRoom } from '#lib/state/room-title.ts';
import type { EmojiHabits } from '#lib/emoji/habits.svelte.ts';
import type { Notifications } from '#lib/state/notifications.svelte.ts';
import type { Inbox } from '#lib/state/inbox.svelte.ts';
import type { Conversations } from '#lib/state/conversations.svelte.ts';
import type { RoomNames } from '#lib/state/names.svelte.ts';
import type { Search } from './search/search.svelte.ts';
import type { Device } from '#lib/state/device.svelte.ts';
import type { People } from '#lib/state/people.svelte.ts';
import type { Presences } from '#lib/state/presences.svelte.ts';

/** What every page of a logged-in person may use. Its lifetime is the session's in this tab. */
export interface Session {
  readonly me: ViewerFragment;
  readonly server: ViewerQuery['server'];
  readonly conversations: Conversations;
  readonly emojiHabits: EmojiHabits;
  readonly notifications: Notifications;
  readonly search: Search;
  readonly inbox: Inbox;
  readonly roomNames: RoomNames;
  readonly device: Device;
  readonly people: People;
  readonly presences: Presences;
  /** Shows who somebody is, beside what was clicked on. */
  showProfile(userId: string, anchor: HTMLElement): void;
  /** Opens the dialog in which the viewer says what they are about. */
  editStatus(): void;
  readonly blocks: Blocks;
  /** What the viewer calls a room. */
  titleOf(room: TitledRoom): string;
  /** The same within a text. */
  labelOf(room: TitledRoom): string;
  /** Opens the dialog that asks to whom to write. */
  newMessage(): void;
  /** Goes to the direct messages of the viewer and these people. Gives what went wrong, in words. */
  openDirect(userIds: readonly string[]): Promise<string | null>;
  /** Asks whether somebody is really to be blocked. */
  askToBlock(user: BlockedUserFragment): void;
  /** Opens the dialog that creates a room. */
  createRoom(): void;
  /** Whether the page before this one was the list of rooms. */
  cameFromHome(): boolean;
  /** Opens the list of keys. */
  openHelp(): void;
  /** Opens what leads to rooms, people and commands. */
  openPalette(): void;
  /** Opens the search, or takes the focus there; for these words, where there are some. */
  openSearch(text?: string): void;
  /** Shows others another status. */
  setStatus(status: ChosenStatus): void;
  logOut(): void;
}

export const [getSession, setSession] = createContext<Session>();
