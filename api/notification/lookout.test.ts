import { afterEach, expect, test, vi } from 'vitest';
import { postMessage } from '../message/message.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { startPushService } from '../test/push-service.ts';
import { createLookout } from './lookout.ts';
import { addPushSubscription } from './subscription.ts';

afterEach(() => void vi.useRealTimers());

test('a room is looked at a moment after something has happened there, where somebody may have to be told', async () => {
  await using service = await startPushService();
  await using server = await startApp({ PUSH_SERVICES: service.origin });
  const { app } = server;
  const { ann, bob, room } = await people(app);
  await addPushSubscription(app, bob, service.subscribe().subscription);
  const post = (roomId: string, idempotencyKey: string) =>
    postMessage(app, ann, { roomId, body: 'hello', idempotencyKey });
  await post(room.id, 'one');

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const looked: string[] = [];
  const notify = async (roomId: string) => void looked.push(roomId);
  const lookout = createLookout({ pool: app.db.pool, log: app.log, notify });
  lookout.note(room.id);
  lookout.note(crypto.randomUUID());
  // No sweep looks at what is so young.
  await vi.advanceTimersByTimeAsync(2_000);
  await vi.waitFor(() => expect(looked).toEqual([room.id]));
  lookout.note(room.id);
  await lookout.close();
  expect(looked).toEqual([room.id, room.id]);
});
