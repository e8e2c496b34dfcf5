import { expect, test } from 'vitest';
import { postMessage } from '../message/message.ts';
import { approach } from '../message/following.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import type { Outlet, Question } from './group.ts';
import type { RoomEvent } from './log.ts';

const ALL: Omit<Question, 'roomId'> = { key: 'all', answer: ({ seq }) => Buffer.from(`${seq}`) };

function collect(): Outlet & { numbers: number[] } {
  const numbers: number[] = [];
  return {
    numbers,
    write: (payloads) => void numbers.push(...payloads.map(Number)),
    ready: async () => true,
  };
}

test.for([
  ['now', null],
  ['the beginning', 0],
  ['what is not there yet', 4],
] as const)(
  'who is removed while they are let in at %s gets nothing past their leaving',
  async ([, after]) => {
    await using server = await startApp();
    const { app } = server;
    const { ann, bob, room } = await people(app);
    const question = { ...ALL, roomId: room.id };
    // Somebody is there already, so that the group moves on while Bob is let in.
    const anns = collect();
    const everyone = { after: 0, admit: async () => ({ isLast: () => false }) };
    const steady = await app.fanout.subscribe(question, { outlet: anns, ...everyone });
    await expect.poll(() => anns.numbers).toEqual([1, 2]);

    const bobs = collect();
    const { admit } = await approach(app, bob, { roomId: room.id, after: null });
    const subscribed = app.fanout.subscribe(question, {
      outlet: bobs,
      after,
      async admit() {
        const admitted = await admit();
        await leaveRoom(app, bob, { roomId: room.id });
        await post('past the leaving');
        await expect.poll(() => anns.numbers.at(-1)).toBe(4);
        return admitted;
      },
    });
    if (after === 4) {
      // Nobody was given that cursor yet.
      await expect(subscribed).rejects.toMatchObject({ code: 'RESYNC_REQUIRED' });
    } else {
      await (
        await subscribed
      ).ended;
      expect(bobs.numbers).toEqual(after === null ? [3] : [1, 2, 3]);
    }
    steady.close();

    async function post(body: string) {
      await postMessage(app, ann, { roomId: room.id, body, idempotencyKey: body });
    }
  },
);

test('who has left and come back is not ended by that leaving where the hints of it are late', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, room } = await people(app);
  const { publish } = app.bus;
  const first = await app.feeds.follow(room.id, null, async () => ({
    wants: () => true,
    isLast: () => false,
  }));
  app.bus.publish = () => {};
  await leaveRoom(app, bob, { roomId: room.id });
  await joinRoom(app, bob, { roomId: room.id });
  app.bus.publish = publish;
  const { admit } = await approach(app, bob, { roomId: room.id, after: null });
  const follower = await app.feeds.follow(room.id, null, async () => ({
    wants: () => true,
    ...(await admit()),
  }));
  await postMessage(app, ann, { roomId: room.id, body: 'welcome', idempotencyKey: 'welcome' });
  const seen: RoomEvent['kind'][] = [];
  for await (const { kind } of follower) {
    seen.push(kind);
    if (kind === 'MESSAGE_POSTED') break;
  }
  expect(seen).toEqual(['MEMBER_LEFT', 'MEMBER_JOINED', 'MESSAGE_POSTED']);
  await first.return();
});
