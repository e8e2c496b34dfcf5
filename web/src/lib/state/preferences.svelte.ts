import { writePreferenceCookie } from './preference-cookie.ts';
import { CONTRAST_COOKIE, type Contrast, THEME_COOKIE, type Theme } from './theme.ts';

/** Which key sends: Enter (Ctrl+Enter sends as well), or Ctrl+Enter only (Enter breaks the line). */
export type SendKey = 'enter' | 'ctrl-enter';

const SEND_KEY = 'parley:send-key';
const DETAILS = 'parley:details';
const UNREAD_ONLY = 'parley:unread-only';
const ROOMS_FOLDED = 'parley:rooms-folded';

/** What this browser's person prefers. One for the whole app; made by the root layout. */
export class Preferences {
  #theme: Theme = $state('system');
  #sendKey: SendKey = $state('enter');
  #contrast: Contrast = $state('system');
  #detailsPinned = $state(false);
  #unreadOnly = $state(false);
  #roomsFolded = $state(false);

  constructor(theme: Theme, contrast: Contrast) {
    this.#theme = theme;
    this.#contrast = contrast;
  }

  /** Reads what only the browser knows. Call after hydration, so that both render the same first. */
  load(): void {
    this.#sendKey = localStorage.getItem(SEND_KEY) === 'ctrl-enter' ? 'ctrl-enter' : 'enter';
    this.#detailsPinned = localStorage.getItem(DETAILS) === 'open';
    this.#unreadOnly = localStorage.getItem(UNREAD_ONLY) === 'yes';
    this.#roomsFolded = localStorage.getItem(ROOMS_FOLDED) === 'yes';
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    document.documentElement.dataset.theme = theme;
    writePreferenceCookie(THEME_COOKIE, theme);
  }

  get contrast(): Contrast {
    return this.#contrast;
  }

  set contrast(contrast: Contrast) {
    this.#contrast = contrast;
    writePreferenceCookie(CONTRAST_COOKIE, contrast);
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

  /** Whether the sidebar lists unread rooms only. */
  get unreadOnly(): boolean {
    return this.#unreadOnly;
  }

  set unreadOnly(only: boolean) {
    this.#unreadOnly = only;
    localStorage.setItem(UNREAD_ONLY, only ? 'yes' : 'no');
  }

  /** Whether the list of rooms is folded, but for what is unread in it. */
  get roomsFolded(): boolean {
    return this.#roomsFolded;
  }

  set roomsFolded(folded: boolean) {
    this.#roomsFolded = folded;
    localStorage.setItem(ROOMS_FOLDED, folded ? 'yes' : 'no');
  }
}
