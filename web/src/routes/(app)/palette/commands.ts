import Compass from '@lucide/svelte/icons/compass';
import CheckCheck from '@lucide/svelte/icons/check-check';
import Circle from '@lucide/svelte/icons/circle';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleMinus from '@lucide/svelte/icons/circle-minus';
import Contrast from '@lucide/svelte/icons/contrast';
import Inbox from '@lucide/svelte/icons/inbox';
import Keyboard from '@lucide/svelte/icons/keyboard';
import LogOut from '@lucide/svelte/icons/log-out';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import SquarePen from '@lucide/svelte/icons/square-pen';
import Sun from '@lucide/svelte/icons/sun';
import { goto } from '$app/navigation';
import type { ChosenStatus } from '#lib/graphql/generated/graphql.ts';
import type { Preferences } from '#lib/state/preferences.svelte.ts';
import type { Theme } from '#lib/state/theme.ts';
import { COMMAND_KEY } from '#lib/keys.ts';
import { PAGES, type Icon } from '../admin/sections.ts';
import type { Session } from '../session.ts';
import type { Entry } from './entry.ts';

/** What can be done from anywhere, as things stand: nothing that would change nothing. */
export function commands(session: Session, preferences: Preferences): Entry[] {
  const { inbox } = session;
  return [
    command('New room', SquarePen, session.createRoom, { names: ['create', 'add channel'] }),
    command('New message', MessageCircle, session.newMessage, {
      names: ['direct message', 'dm', 'write to'],
    }),
    command('Browse rooms', Compass, () => goto('/rooms'), { names: ['directory', 'join'] }),
    command('Search messages', Search, () => session.openSearch(), {
      ...{ names: ['find'], keys: [COMMAND_KEY, 'Shift', 'F'] },
    }),
    ...(inbox.hasUnread
      ? [
          command('Mark all as read', CheckCheck, () => inbox.markAllRead(), {
            ...{ names: ['catch up'], keys: ['Shift', 'Esc'] },
          }),
        ]
      : []),
    command(
      preferences.unreadOnly ? 'List all rooms' : 'List unread rooms only',
      Inbox,
      () => (preferences.unreadOnly = !preferences.unreadOnly),
      { names: ['filter unread'] },
    ),
    ...statuses(session),
    ...appearances(preferences),
    command('Settings', Settings, () => goto('/settings'), {
      names: ['preferences', 'notifications', 'account', 'sessions'],
    }),
    ...administration(session),
    command('Keyboard shortcuts', Keyboard, session.openHelp, { names: ['help'], keys: ['?'] }),
    command('Log out', LogOut, session.logOut, { names: ['sign out', 'quit'] }),
  ];
}

/** Each page by its name: where an administrator wants to go is a few letters away. */
function administration({ me }: Session): Entry[] {
  if (me.role === 'MEMBER') return [];
  return Object.values(PAGES).map(({ href, title, icon }) =>
    command(
      href === PAGES.dashboard.href ? 'Administration' : `Administration: ${title}`,
      icon,
      () => goto(href),
      { names: [`admin ${title}`] },
    ),
  );
}

function statuses({ device, setStatus }: Session): Entry[] {
  const choices: [ChosenStatus, string, Entry['picture']][] = [
    ['ONLINE', 'Set yourself online', { icon: Circle }],
    ['AWAY', 'Set yourself away', { icon: CircleDashed }],
    ['DO_NOT_DISTURB', 'Do not disturb', { icon: CircleMinus }],
  ];
  return choices
    .filter(([status]) => device.presence && device.presence.status !== status)
    .map(([status, title, picture]) => ({
      ...{
        key: `command:${title}`,
        title,
        picture,
        detail: 'Status',
        names: ['status', 'presence'],
      },
      act: () => setStatus(status),
    }));
}

function appearances(preferences: Preferences): Entry[] {
  const themes: [Theme, string, typeof Sun][] = [
    ['light', 'Light theme', Sun],
    ['dark', 'Dark theme', Moon],
    ['system', 'Theme of the system', Monitor],
  ];
  const isMore = preferences.contrast === 'more';
  return [
    ...themes
      .filter(([theme]) => theme !== preferences.theme)
      .map(([theme, title, icon]) =>
        command(title, icon, () => (preferences.theme = theme), {
          ...{ detail: 'Appearance', names: ['theme', 'mode', 'colour', 'color'] },
        }),
      ),
    command(
      isMore ? 'Contrast of the system' : 'High contrast',
      Contrast,
      () => (preferences.contrast = isMore ? 'system' : 'more'),
      { detail: 'Appearance', names: ['theme', 'accessibility'] },
    ),
  ];
}

function command(
  title: string,
  icon: Icon,
  act: () => unknown,
  more: Pick<Entry, 'names' | 'keys'> & { detail?: string } = {},
): Entry {
  return { key: `command:${title}`, title, detail: 'Command', picture: { icon }, act, ...more };
}
