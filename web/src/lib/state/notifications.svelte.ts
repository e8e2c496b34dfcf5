/**
 * Notifications of one person in this browser. The browser asks for permission on a click and never before. Then the
 * server is told where to push, so that messages arrive while no page is open; where the browser has no push service that
 * answers, notifications are shown as long as a page is.
 */
import type { Api } from '#lib/graphql/api.ts';
import {
  AddPushSubscriptionDocument,
  PushKeyDocument,
  RemovePushSubscriptionDocument,
  TestPushSubscriptionDocument,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { type Notice, type NoticeData, TEST_NOTICE } from '../../service-worker/notice.ts';

/** Whose notifications this browser shows. */
const ENABLED_FOR = 'parley:notifications';
const SERVICE_WORKER = '/service-worker.js';

/** Whether the browser can notify, and whether it may. */
export type NotificationPermit = 'unknown' | 'unsupported' | NotificationPermission;

export class Notifications {
  #permit: NotificationPermit = $state('unknown');
  #isEnabled = $state(false);
  #subscription: PushSubscription | null = $state.raw(null);
  readonly #api: Api;
  readonly #userId: string;

  constructor(api: Api, userId: string) {
    this.#api = api;
    this.#userId = userId;
  }

  get permit(): NotificationPermit {
    return this.#permit;
  }

  /** Whether this browser notifies this person. */
  get isEnabled(): boolean {
    return this.#isEnabled && this.#permit === 'granted';
  }

  /** Whether it does so while no page is open. */
  get hasPush(): boolean {
    return this.#subscription !== null;
  }

  /** Finds out how things stand; a session that is new here is made known to the push service. */
  async load(): Promise<void> {
    this.#permit = await readPermit();
    this.#isEnabled = localStorage.getItem(ENABLED_FOR) === this.#userId;
    if (this.isEnabled) await this.#subscribe();
  }

  /** Asks for permission, on a person's click, and turns notifications on where it is given. */
  async enable(): Promise<void> {
    this.#permit = await Notification.requestPermission();
    if (this.#permit !== 'granted') return;
    localStorage.setItem(ENABLED_FOR, this.#userId);
    this.#isEnabled = true;
    await this.#subscribe();
  }

  async disable(): Promise<void> {
    localStorage.removeItem(ENABLED_FOR);
    this.#isEnabled = false;
    const subscription = this.#subscription;
    this.#subscription = null;
    if (!subscription) return;
    const input = { endpoint: subscription.endpoint };
    await this.#api.client.mutation(RemovePushSubscriptionDocument, { input });
    await subscription.unsubscribe();
  }

  /** Shows a notification by the way that others take. Gives what went wrong, for people; null if nothing. */
  async test(): Promise<string | null> {
    if (this.#subscription) {
      const input = { endpoint: this.#subscription.endpoint };
      const { error } = await this.#api.client.mutation(TestPushSubscriptionDocument, { input });
      return error ? refusalOf(error).message : null;
    }
    try {
      await this.show(TEST_NOTICE);
      return null;
    } catch {
      return 'The browser did not show it. Look at its settings for this site.';
    }
  }

  async show({ title, options }: Notice): Promise<void> {
    const registration = await navigator.serviceWorker.ready;
    await registration.showNotification(title, options);
  }

  /** Closes what is shown of a room, or only what tells of something past a message. */
  async close(roomId: string, { past = 0 } = {}): Promise<void> {
    const registration = await navigator.serviceWorker.ready;
    for (const shown of await registration.getNotifications({ tag: roomId })) {
      if (((shown.data as NoticeData).seq ?? Infinity) > past) shown.close();
    }
  }

  async #subscribe(): Promise<void> {
    await navigator.serviceWorker.register(SERVICE_WORKER, { type: 'module' });
    const registration = await navigator.serviceWorker.ready;
    const subscription = await this.#subscribeToPush(registration).catch(() => null);
    if (!subscription) return;
    const { endpoint, keys } = subscription.toJSON();
    const input = { endpoint: endpoint!, p256dh: keys!.p256dh!, auth: keys!.auth! };
    const { error } = await this.#api.client.mutation(AddPushSubscriptionDocument, { input });
    if (!error) this.#subscription = subscription;
  }

  /** The subscription that is there, if it is for the key that the server has. */
  async #subscribeToPush({ pushManager }: ServiceWorkerRegistration): Promise<PushSubscription> {
    const { data } = await this.#api.client.query(PushKeyDocument, {}).toPromise();
    const applicationServerKey = data!.server.vapidPublicKey;
    const there = await pushManager.getSubscription();
    if (there) {
      if (toBase64Url(there.options.applicationServerKey) === applicationServerKey) return there;
      await there.unsubscribe();
    }
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  }
}

async function readPermit(): Promise<NotificationPermit> {
  if (!('Notification' in window) || !('serviceWorker' in navigator)) return 'unsupported';
  const { state } = await navigator.permissions.query({ name: 'notifications' });
  return state === 'prompt' ? 'default' : state;
}

function toBase64Url(bytes: ArrayBuffer | null): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes ?? [])));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
