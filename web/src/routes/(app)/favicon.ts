import type { Inbox } from '#lib/state/inbox.svelte.ts';

/**
 * Puts a dot on the page's icon while something is unread: in clay where it concerns the reader. An app that is
 * installed has the number of what does on its own icon.
 */
export function showUnread({ hasUnread, mentionCount }: Inbox): void {
  const name = mentionCount > 0 ? 'favicon-mention' : hasUnread ? 'favicon-unread' : 'favicon';
  document.querySelector('link[rel="icon"]')?.setAttribute('href', `/${name}.svg`);
  // Not in every browser, and refused by some where the app is not installed.
  navigator.setAppBadge?.(mentionCount).catch(() => {});
}
