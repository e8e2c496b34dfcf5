/**
 * Shows what the server pushes, and leads to it. It has nothing to do with how pages are fetched: nothing is
 * cached, and without it everything works but push.
 */
import { self as worker } from '$app/service-worker';
import {
  isLookedAt,
  isRead,
  type Notice,
  type NoticeData,
  noticeOf,
  type Push,
  TEST_NOTICE,
} from './notice.ts';

worker.addEventListener('install', () => void worker.skipWaiting());

worker.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(take(event.data.json() as Push));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as NoticeData).path));
});

async function take(push: Push): Promise<void> {
  if (push.kind === 'TEST') await show(TEST_NOTICE);
  else if (push.kind === 'MESSAGE') {
    const notice = noticeOf(push);
    if (!isLookedAt(notice.options.data.path, await findWindows())) await show(notice);
  } else if (push.kind === 'READ') {
    for (const shown of await worker.registration.getNotifications({ tag: push.roomId })) {
      if (isRead(shown.data as NoticeData, push)) shown.close();
    }
  }
}

function show({ title, options }: Notice): Promise<void> {
  return worker.registration.showNotification(title, options);
}

/** In a tab that is open, else in a new one. */
async function open(path: string): Promise<void> {
  const [window] = await findWindows();
  if (!window) return void (await worker.clients.openWindow(path));
  await window.focus();
  window.postMessage({ kind: 'OPEN', path });
}

function findWindows(): Promise<readonly WindowClient[]> {
  return worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
}
