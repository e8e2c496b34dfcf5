import Ban from '@lucide/svelte/icons/ban';
import Copy from '@lucide/svelte/icons/copy';
import Flag from '@lucide/svelte/icons/flag';
import History from '@lucide/svelte/icons/history';
import Link from '@lucide/svelte/icons/link';
import Mail from '@lucide/svelte/icons/mail';
import MessageSquare from '@lucide/svelte/icons/message-square';
import Pencil from '@lucide/svelte/icons/pencil';
import Pin from '@lucide/svelte/icons/pin';
import PinOff from '@lucide/svelte/icons/pin-off';
import Reply from '@lucide/svelte/icons/reply';
import SmilePlus from '@lucide/svelte/icons/smile-plus';
import Trash from '@lucide/svelte/icons/trash-2';
import User from '@lucide/svelte/icons/user';
import UserMinus from '@lucide/svelte/icons/user-minus';
import type { Component } from 'svelte';
import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';
import type { MessageActions } from './message-actions.svelte.ts';

export interface MenuItem {
  label: string;
  icon: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  /** What does the same on the message itself. */
  key?: string;
  danger?: boolean;
  act: () => void;
}

/** What may be done with a message, in the order of the menu. */
export function menuItems(
  message: TimelineMessageFragment,
  anchor: HTMLElement,
  actions: MessageActions,
): MenuItem[] {
  const { pinnedAt, editedAt, deletedAt } = message;
  const items: [isPossible: boolean, item: MenuItem][] = [
    [
      actions.canReact(message),
      {
        label: 'React',
        icon: SmilePlus,
        key: '+',
        act: () => (actions.picker = { message, anchor }),
      },
    ],
    [
      actions.canReply(message),
      { label: 'Reply', icon: Reply, key: 'R', act: () => actions.reply(message) },
    ],
    [
      actions.canOpenThread(message),
      {
        label: 'Open thread',
        icon: MessageSquare,
        key: 'T',
        act: () => actions.openThread(message),
      },
    ],
    [
      actions.canEdit(message),
      { label: 'Edit', icon: Pencil, key: 'E', act: () => actions.edit(message) },
    ],
    [
      actions.canPin(message),
      {
        label: pinnedAt ? 'Unpin' : 'Pin to room',
        icon: pinnedAt ? PinOff : Pin,
        key: 'P',
        act: () => void actions.togglePin(message),
      },
    ],
    [
      actions.surface.markUnread !== undefined,
      {
        label: 'Mark unread from here',
        icon: Mail,
        key: 'U',
        act: () => actions.surface.markUnread?.(message),
      },
    ],
    [
      true,
      {
        label: 'View profile',
        icon: User,
        key: 'V',
        act: () => actions.surface.showProfile(message.author.id, anchor),
      },
    ],
    [true, { label: 'Copy link', icon: Link, key: 'L', act: () => void actions.copyLink(message) }],
    [
      !deletedAt,
      { label: 'Copy text', icon: Copy, key: 'C', act: () => void actions.copyText(message) },
    ],
    [
      editedAt !== null && !deletedAt,
      { label: 'Edit history', icon: History, act: () => (actions.historyOf = message.id) },
    ],
    [
      actions.canDelete(message),
      {
        label: 'Delete',
        icon: Trash,
        key: 'Delete',
        danger: true,
        act: () => (actions.deleting = message),
      },
    ],
    [
      actions.canReport(message),
      { label: 'Report…', icon: Flag, act: () => (actions.reporting = message) },
    ],
    [
      actions.canActUponAuthor(message),
      {
        label: 'Remove author…',
        icon: UserMinus,
        danger: true,
        act: () => (actions.deed = { kind: 'REMOVE', user: message.author }),
      },
    ],
    [
      actions.canActUponAuthor(message),
      {
        label: 'Ban author…',
        icon: Ban,
        danger: true,
        act: () => (actions.deed = { kind: 'BAN', user: message.author }),
      },
    ],
  ];
  return items.filter(([isPossible]) => isPossible).map(([, item]) => item);
}
