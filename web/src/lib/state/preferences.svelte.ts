import { writePreferenceCookie } from './preference-cookie.ts';
import { THEME_COOKIE, type Theme } from './theme.ts';

/** Which key sends: Enter (Ctrl+Enter sends as well), or Ctrl+Enter only (Enter breaks the line). */
export type SendKey = 'enter' | 'ctrl-enter';

const SEND_KEY = 'parley:send-key';
const DETAILS = 'parley:details';

/** What this browser's person prefers. One for the whole app; made by the root layout. */
export class Preferences {
  #theme: Theme = $state('system');
  #sendKey: SendKey = $state('enter');
  #detailsPinned = $state(false);

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  /** Reads what only the browser knows. Call after hydration, so that both render the same first. */
  load(): void {
    this.#sendKey = localStorage.getItem(SEND_KEY) === 'ctrl-enter' ? 'ctrl-enter' : 'enter';
    this.#detailsPinned = localStorage.getItem(DETAILS) === 'open';
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    document.documentElement.dataset.theme = theme;
    writePreferenceCookie(THEME_COOKIE, theme);
  }

  get sendKey(): SendKey {
    return this.#sendKey;
  }

  set sendKey(key: SendKey) {
    this.#sendKey = key;
    localStorage.setItem(SEND_KEY, key);
  }

  /** Whether a room's details stay open as the third column, where there is room for three. */
  get detailsPinned(): boolean {
    return this.#detailsPinned;
  }

  set detailsPinned(pinned: boolean) {
    this.#detailsPinned = pinned;
    localStorage.setItem(DETAILS, pinned ? 'open' : 'closed');
  }
}
