import type { Inbox } from '#lib/state/inbox.svelte.ts';

/** Puts a dot on the page's icon while something is unread: in clay where it concerns the reader. */
export function showUnread({ hasUnread, mentionCount }: Inbox): void {
  const name = mentionCount > 0 ? 'favicon-mention' : hasUnread ? 'favicon-unread' : 'favicon';
  document.querySelector('link[rel="icon"]')?.setAttribute('href', `/${name}.svg`);
}
