import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';
import type { MessageActions } from './message-actions.svelte.ts';

/** What the keys do on the message that has the focus; the list of keys shows them. */
export const MESSAGE_KEYS = [
  ['Reply with a quote', 'R'],
  ['Open the thread', 'T'],
  ['React', '+'],
  ['Edit', 'E'],
  ['Pin, or take the pin off', 'P'],
  ['Mark as unread from here', 'U'],
  ['Show the author’s profile', 'V'],
  ['Copy the link', 'L'],
  ['Copy the text', 'C'],
  ['Delete', 'Delete'],
  ['More actions', 'Enter'],
] as const;

/** Does what a key means on a message. Gives whether it means anything there. */
export function actOnKey(
  key: string,
  message: TimelineMessageFragment,
  anchor: HTMLElement,
  actions: MessageActions,
): boolean {
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'r':
      return when(actions.canReply(message), () => actions.reply(message));
    case 't':
      return when(actions.canOpenThread(message), () => actions.openThread(message));
    case '+':
    case ':':
      return when(actions.canReact(message), () => (actions.picker = { message, anchor }));
    case 'e':
      return when(actions.canEdit(message), () => actions.edit(message));
    case 'p':
      return when(actions.canPin(message), () => void actions.togglePin(message));
    case 'u':
      return when(actions.surface.markUnread !== undefined, () =>
        actions.surface.markUnread?.(message),
      );
    case 'v':
      return when(true, () => actions.surface.showProfile(message.author.id, anchor));
    case 'l':
      return when(true, () => void actions.copyLink(message));
    case 'c':
      return when(!message.deletedAt, () => void actions.copyText(message));
    case 'Delete':
      return when(actions.canDelete(message), () => (actions.deleting = message));
    case 'Enter':
      return when(true, () => (actions.menu = { message, anchor }));
    default:
      return false;
  }
}

function when(isPossible: boolean, act: () => void): boolean {
  if (isPossible) act();
  return isPossible;
}
