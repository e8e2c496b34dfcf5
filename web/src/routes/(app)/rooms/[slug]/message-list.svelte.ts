import type { Outgoing } from '#lib/state/outgoing.ts';
import type { Edge } from '#lib/state/window.ts';
import type { MessageActions } from './message-actions.svelte.ts';
import { actOnKey } from './message-keys.ts';
import { nextOf } from '#lib/roving.ts';
import type { Row } from './rows.ts';
import type { ScrollKeeper } from './scroll-keeper.ts';

export type MessageRow = Extract<Row, { kind: 'message' }>;

interface Parts {
  rows: () => readonly Row[];
  content: () => HTMLElement;
  actions: MessageActions;
  /** Where Esc leads from a message. */
  onescape: () => void;
}

/** A list of messages as one moves and acts in it: one tab stop, arrow keys, keys for actions, what is pointed at. */
export class MessageList {
  /** Roving focus: the one message that Tab reaches. */
  #focused: string | undefined = $state();
  /** The focus is on it, or on something in it. */
  #within: string | undefined = $state();
  #pointed: string | undefined = $state();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  #messages = $derived.by(() => this.#parts.rows().filter((row) => row.kind === 'message'));
  #tabStop = $derived.by(() => {
    const isHere = this.#messages.some(({ key }) => key === this.#focused);
    return isHere ? this.#focused : this.#messages.at(-1)?.key;
  });

  /** What one of its messages is told. */
  propsOf(row: MessageRow, highlighted: string | null) {
    const { key, message, leads } = row;
    return {
      ...{ key, message, leads },
      tabbable: key === this.#tabStop,
      active: key === this.#pointed || key === this.#within,
      highlighted: highlighted !== null && !message.outgoing && message.id === highlighted,
      onfocus: () => (this.#focused = key),
    };
  }

  /** What the element around the messages listens to. */
  readonly handlers = {
    onkeydown: (event: KeyboardEvent) => this.#press(event),
    onfocusin: ({ target }: FocusEvent) => (this.#within = keyAt(target)),
    onfocusout: () => (this.#within = undefined),
    onpointerover: ({ target, pointerType }: PointerEvent) => {
      if (pointerType !== 'touch') this.#pointed = keyAt(target);
    },
    onpointerleave: () => (this.#pointed = undefined),
  };

  /** Scrolls to a message, and gives it the focus. Gives whether it is here. */
  reveal(keeper: ScrollKeeper, messageId: string): boolean {
    const item = this.#parts
      .content()
      .querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`);
    if (!item?.dataset.key) return false;
    keeper.reveal(item.dataset.key);
    item.focus({ preventScroll: true });
    return true;
  }

  #press(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (!target.matches('[data-key]') || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = [...this.#parts.content().querySelectorAll<HTMLElement>('[data-key]')];
    const next = nextOf(event.key, items, target);
    const message = this.#messages.find(({ key }) => key === target.dataset.key)?.message;
    if (next) next.focus();
    else if (event.key === 'Escape' && !event.shiftKey) this.#parts.onescape();
    else if (!message || message.outgoing) return;
    else if (!actOnKey(event.key, message, target, this.#parts.actions)) return;
    event.preventDefault();
  }
}

/**
 * Begins to edit the viewer's last message among those that are shown. Gives whether there is one. While the last one is on its
 * way nothing is edited: another one was not meant.
 */
export function editLast(
  edges: readonly Edge[],
  unsent: readonly Outgoing[],
  actions: MessageActions,
): boolean {
  if (unsent.some(({ failure }) => failure === null)) return true;
  const last = edges.findLast(({ node }) => actions.canEdit(node));
  if (last) actions.edit(last.node);
  return Boolean(last);
}

function keyAt(target: EventTarget | null): string | undefined {
  const item = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null;
  return item?.dataset.key;
}
