/**
 * The unsent text of one room or thread. It is kept in this browser at every key, and on the server once
 * the typing pauses, for the other screens. A text that the server does not have yet wins over what it tells; otherwise what it
 * tells is taken over, so that two screens never undo each other's typing. Storage that is full or
 * forbidden only costs the keeping across a reload. `close()` saves what is not saved.
 */
import { backoffMs } from '../../../../../../client/src/backoff.ts';
import type { Api } from '#lib/graphql/api.ts';
import { SaveDraftDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { DraftPlace, Inbox } from '#lib/state/inbox.svelte.ts';

const SAVE_AFTER_MS = 800;

interface Kept {
  text: string;
  /** Whether the server has it. */
  saved: boolean;
}

export class Draft {
  readonly #key: string;
  readonly #api: Api;
  readonly #inbox: Inbox;
  readonly #place: DraftPlace;
  #kept: Kept;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving = false;
  #closed = false;
  /** In a row. */
  #failures = 0;

  constructor(userId: string, api: Api, inbox: Inbox, place: DraftPlace) {
    this.#key = `parley:draft:${userId}:${place.roomId}${place.threadId ? `:${place.threadId}` : ''}`;
    this.#api = api;
    this.#inbox = inbox;
    this.#place = place;
    this.#kept = { text: '', saved: true };
  }

  /** What was typed last, here or on another screen. Call in the browser. */
  read(): string {
    this.#kept = load(this.#key);
    if (this.#kept.saved) this.#kept.text = this.#told;
    else this.#saveSoon();
    return this.#kept.text;
  }

  write(text: string): void {
    if (text === this.#kept.text) return;
    this.#kept = { text, saved: false };
    this.#store();
    this.#saveSoon();
  }

  /** It has been handed over to be sent, which takes it away on the server as well. */
  sent(): void {
    clearTimeout(this.#timer);
    // Until the server has told that it is gone, what it tells is what was sent.
    this.#kept = { text: '', saved: this.#told === '' && !this.#saving };
    this.#store();
    // A save that is under way may come after the message.
    if (this.#saving) this.#saveSoon();
  }

  /** What another screen has typed; null where that is what is here, or this one is newer. Reads what the server tells. */
  takeOver(): string | null {
    const told = this.#told;
    const { text, saved } = this.#kept;
    if (!saved && told !== text) return null;
    this.#kept = { text: told, saved: true };
    this.#store();
    return told === text ? null : told;
  }

  /** Saves what is not saved, since the page may end here. */
  flush(): void {
    clearTimeout(this.#timer);
    if (!this.#kept.saved) void this.#save();
  }

  close(): void {
    this.#closed = true;
    this.flush();
  }

  get #told(): string {
    return this.#inbox.draft(this.#place)?.body ?? '';
  }

  #saveSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), SAVE_AFTER_MS);
  }

  async #save(): Promise<void> {
    if (this.#saving) return this.#saveSoon();
    const saving = this.#kept;
    this.#saving = true;
    const input = { ...this.#place, body: saving.text };
    const { error } = await this.#api.client
      // It may be the last thing that a page does.
      .mutation(SaveDraftDocument, { input }, { fetchOptions: { keepalive: true } })
      .toPromise();
    this.#saving = false;
    if (error) return this.#saveLater(refusalOf(error).code);
    this.#failures = 0;
    if (this.#kept !== saving) return;
    this.#kept.saved = true;
    this.#store();
  }

  /** Until the server is reached it is kept here; what is closed meanwhile is saved by the next page. */
  #saveLater(code: string): void {
    if (this.#closed || !['OFFLINE', 'UNAVAILABLE', 'RATE_LIMITED'].includes(code)) return;
    void this.#api.wakeup?.sleep(backoffMs(this.#failures++)).then(() => {
      if (!this.#closed && !this.#kept.saved) this.#saveSoon();
    });
  }

  #store(): void {
    try {
      const { text, saved } = this.#kept;
      if (text || !saved) localStorage.setItem(this.#key, JSON.stringify(this.#kept));
      else localStorage.removeItem(this.#key);
    } catch {
      // The text is still in the field.
    }
  }
}

function load(key: string): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
    if (typeof kept?.text === 'string') return { text: kept.text, saved: Boolean(kept.saved) };
  } catch {
    // Of another release, or forbidden: the server's is taken.
  }
  return { text: '', saved: true };
}
