import { createContext } from 'svelte';
import type {
  RoomHeaderFragment,
  TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import type { Changing } from '#lib/state/changing.svelte.ts';
import type { Deed } from './deeds.ts';
import { shownReactions } from './reactions.ts';
import { permalink } from './target.ts';
import type { Toasts } from '#lib/state/toasts.svelte.ts';

type Message = TimelineMessageFragment;

/** Where messages are shown and acted on: a room or a thread. */
export interface Surface {
  readonly place: 'room' | 'thread';
  readonly room: RoomHeaderFragment;
  readonly viewerId: string;
  readonly changing: Changing;
  readonly toasts: Toasts;
  /** Opens the thread of a message, or that which it is in. */
  openThread(messageId: string): void;
  /** Shows who somebody is. */
  showProfile(userId: string, anchor: HTMLElement): void;
  /** Where the next message is written. */
  focusComposer(): void;
  /** Shows a message, from wherever it is. */
  jump(messageId: string): void;
  /** Makes a message unread, with all that follows it. */
  markUnread?(message: Message): void;
}

/** Something that floats beside a message, and what it was opened from. */
interface Floating {
  message: Message;
  anchor: HTMLElement;
}

/** What is being done with the messages of one surface: what is open, and what each action does. */
export class MessageActions {
  replyingTo: Message | null = $state.raw(null);
  /** The message whose text is being changed. */
  editing: string | null = $state(null);
  menu: Floating | null = $state.raw(null);
  picker: Floating | null = $state.raw(null);
  deleting: Message | null = $state.raw(null);
  reporting: Message | null = $state.raw(null);
  /** What is about to be done to a person. */
  deed: Deed | null = $state.raw(null);
  /** The message whose earlier texts are shown. */
  historyOf: string | null = $state(null);
  readonly surface: Surface;
  /** Where the focus was before a text was changed. */
  #before: Element | null = null;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  canReply = ({ deletedAt }: Message): boolean => !deletedAt && this.surface.room.viewerCan.post;
  canReact = ({ deletedAt }: Message): boolean => !deletedAt && this.surface.room.viewerCan.react;
  canPin = ({ deletedAt }: Message): boolean => !deletedAt && this.surface.room.viewerCan.pin;
  canEdit = (message: Message): boolean => this.canReply(message) && this.#isOwn(message);
  canDelete = (message: Message): boolean =>
    !message.deletedAt &&
    (this.surface.room.viewerCan.moderate ||
      (this.#isOwn(message) && this.surface.room.viewerCan.post));
  canReport = (message: Message): boolean => !message.deletedAt && !this.#isOwn(message);
  /** Whom the role of its author protects, the server tells. */
  canActUponAuthor = (message: Message): boolean =>
    this.surface.room.viewerCan.keepOrder && !this.#isOwn(message);
  /** A thread can be read by all, and begun by those who may write. */
  canOpenThread = (message: Message): boolean =>
    this.surface.place === 'room' &&
    (this.canReply(message) || message.replyCount > 0 || message.thread !== null);

  link({ id }: { id: string }): string {
    return permalink(this.surface.room, id);
  }

  reply(message: Message): void {
    this.replyingTo = message;
    this.surface.focusComposer();
  }

  openThread({ id, thread }: Message): void {
    this.surface.openThread(thread?.id ?? id);
  }

  edit({ id }: Message): void {
    this.#before = document.activeElement;
    this.editing = id;
  }

  stopEditing(): void {
    this.editing = null;
    if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus();
    else this.surface.focusComposer();
  }

  /** Reacts so, or takes that reaction back. */
  toggleReaction(message: Message, emoji: string): void {
    const { changing, viewerId } = this.surface;
    const shown = shownReactions(message, changing.wanted, viewerId);
    const isOwn = shown.some((reaction) => reaction.emoji === emoji && reaction.isOwn);
    changing.change(this.#target(message), { kind: 'REACTION', emoji, on: !isOwn });
  }

  async togglePin(message: Message): Promise<void> {
    const pinned = message.pinnedAt === null;
    const failure = await this.surface.changing.pin(this.#target(message), pinned);
    if (!failure)
      this.surface.toasts.show(pinned ? 'Pinned to the room.' : 'The pin was taken off.');
    this.#complain(failure);
  }

  save(message: Message, body: string): void {
    const { changing } = this.surface;
    const pending = changing.edits.get(message.id);
    if (body !== message.body) changing.change(this.#target(message), { kind: 'EDIT', body });
    else if (pending) changing.discard(pending);
    this.stopEditing();
  }

  delete(message: Message): void {
    this.surface.changing.change(this.#target(message), { kind: 'DELETE' });
  }

  copyLink(message: Message): Promise<void> {
    return this.#copy(new URL(this.link(message), location.href).href, 'Link copied.');
  }

  copyText(message: Message): Promise<void> {
    return this.#copy(message.body, 'Text copied.');
  }

  async #copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.surface.toasts.show(done);
    } catch {
      this.#complain('The browser does not allow copying here; over HTTPS it does.');
    }
  }

  #complain(failure: string | null): void {
    if (failure) this.surface.toasts.show(failure, 'alert');
  }

  #isOwn({ author }: Message): boolean {
    return author.id === this.surface.viewerId;
  }

  #target({ id }: Message) {
    return { roomId: this.surface.room.id, messageId: id };
  }
}

export const [getActions, setActions] = createContext<MessageActions>();
