/**
 * This tab as one of its person's devices: present from `attend()` to the function that it gives, in use
 * or idle. Whoever is idle subscribes anew, as the server learns of it by the subscription; the old one
 * ends after the new one has begun, so that they are never gone in between.
 */
import type { Api } from '#lib/graphql/api.ts';
import {
  SetStatusDocument,
  ViewerPresenceDocument,
  type ChosenStatus,
  type PresencePartsFragment,
} from '#lib/graphql/generated/graphql.ts';
import { keepSubscribed } from '#lib/graphql/keep-subscribed.ts';

const IDLE_AFTER_MS = 10 * 60_000;
const SIGNS_OF_USE = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'focus'];

export class Device {
  /** How others see its person; null until the server has said so. */
  presence: PresencePartsFragment | null = $state.raw(null);

  readonly #api: Api;
  readonly #key: string;
  #isIdle = false;
  #usedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop = () => {};

  constructor(api: Api, userId: string) {
    this.#api = api;
    this.#key = `parley:status:${userId}`;
  }

  attend(): () => void {
    const aborting = new AbortController();
    const { signal } = aborting;
    const used = () => this.#use();
    for (const sign of SIGNS_OF_USE) {
      window.addEventListener(sign, used, { signal, passive: true, capture: true });
    }
    const seen = () => document.visibilityState === 'visible' && this.#use();
    document.addEventListener('visibilitychange', seen, { signal });
    this.#usedAt = Date.now();
    this.#subscribe();
    this.#watch();
    return () => {
      aborting.abort();
      clearTimeout(this.#timer);
      this.#stop();
    };
  }

  /** Shows another status at once. Resolves to whether the server has it. */
  async choose(status: ChosenStatus): Promise<boolean> {
    const before = this.presence;
    if (before) this.presence = { ...before, status };
    const { data } = await this.#api.client.mutation(SetStatusDocument, { input: { status } });
    this.presence = data?.setStatus.presence ?? before;
    if (data) this.#remember(status);
    return Boolean(data);
  }

  #subscribe(): void {
    const stopOld = this.#stop;
    const variables = { isIdle: this.#isIdle, status: this.#remembered() };
    this.#stop = keepSubscribed(
      this.#api,
      ViewerPresenceDocument,
      variables,
      ({ viewerPresence }) => {
        this.presence = viewerPresence;
        // While the device is in use, the status is what was chosen, here or elsewhere.
        if (!this.#isIdle && viewerPresence.status !== 'OFFLINE') {
          this.#remember(viewerPresence.status);
        }
      },
    );
    stopOld();
  }

  #use(): void {
    this.#usedAt = Date.now();
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#subscribe();
    this.#watch();
  }

  /** Looks again when the time is up: a timer of a sleeping machine rings late, and moving it at each key is dear. */
  #watch(): void {
    const leftMs = this.#usedAt + IDLE_AFTER_MS - Date.now();
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.#watch(), leftMs);
      return;
    }
    this.#isIdle = true;
    this.#subscribe();
  }

  #remembered(): ChosenStatus | null {
    try {
      return localStorage.getItem(this.#key) as ChosenStatus | null;
    } catch {
      return null;
    }
  }

  #remember(status: ChosenStatus): void {
    try {
      if (status === 'ONLINE') localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, status);
    } catch {
      // It holds until the last device has gone.
    }
  }
}
