/** The pages of the administration, in the order of its navigation. */
import Ban from '@lucide/svelte/icons/ban';
import DoorClosed from '@lucide/svelte/icons/door-closed';
import Download from '@lucide/svelte/icons/download';
import Flag from '@lucide/svelte/icons/flag';
import Gauge from '@lucide/svelte/icons/gauge';
import Hash from '@lucide/svelte/icons/hash';
import Link from '@lucide/svelte/icons/link';
import MailPlus from '@lucide/svelte/icons/mail-plus';
import MessageSquareText from '@lucide/svelte/icons/message-square-text';
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone';
import Paperclip from '@lucide/svelte/icons/paperclip';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import UserCog from '@lucide/svelte/icons/user-cog';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';

export type Icon = Component<{ size?: number; 'aria-hidden'?: 'true' }>;

export interface AdminPage {
  /** Its address. */
  href: string;
  title: string;
  icon: Icon;
}

const page = (path: string, title: string, icon: Icon): AdminPage => ({
  href: `/admin/${path}`,
  title,
  icon,
});

export const PAGES = {
  dashboard: { href: '/admin', title: 'Dashboard', icon: Gauge },
  reports: page('reports', 'Reports', Flag),
  people: page('people', 'People', Users),
  sessions: page('sessions', 'Sessions', MonitorSmartphone),
  invitations: page('invitations', 'Invitations', MailPlus),
  serverBans: page('bans', 'Bans from the server', Ban),
  rooms: page('rooms', 'Rooms', Hash),
  memberships: page('memberships', 'Memberships', UserCog),
  messages: page('messages', 'Messages', MessageSquareText),
  files: page('files', 'Files', Paperclip),
  roomLinks: page('room-links', 'Links to rooms', Link),
  roomBans: page('room-bans', 'Bans from rooms', DoorClosed),
  audit: page('audit', 'Audit log', ScrollText),
  exports: page('exports', 'Exports', Download),
  settings: page('settings', 'Settings', SlidersHorizontal),
} as const satisfies Record<string, AdminPage>;

export const SECTIONS: readonly { title: string | null; pages: readonly AdminPage[] }[] = [
  { title: null, pages: [PAGES.dashboard, PAGES.reports] },
  {
    title: 'Accounts',
    pages: [PAGES.people, PAGES.sessions, PAGES.invitations, PAGES.serverBans],
  },
  {
    title: 'Conversations',
    pages: [
      ...[PAGES.rooms, PAGES.memberships, PAGES.messages, PAGES.files],
      ...[PAGES.roomLinks, PAGES.roomBans],
    ],
  },
  { title: 'Server', pages: [PAGES.audit, PAGES.exports, PAGES.settings] },
];
