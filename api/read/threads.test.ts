/** Who follows a thread, and what is unread in it: on screens what a recount gives, whatever happens. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { App } from '../app.ts';
import { encodeCursor } from '../live/cursor.ts';
import { deleteMessage } from '../message/deletion.ts';
import { editMessage } from '../message/editing.ts';
import { postMessage } from '../message/message.ts';
import { followThread, unfollowThread } from '../message/thread-follow.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { createRoom } from '../room/room.ts';
import { startApp } from '../test/harness.ts';
import { people, person, type TestPerson } from '../test/people.ts';
import { createSignals } from '../test/signals.ts';
import type { InboxScreen } from './inbox-screen.ts';
import { followInbox, INBOX_SWEEP_MS, readInbox } from './inboxes.ts';
import { markAllRead, markRead } from './place.ts';
import { markThreadRead, markThreadUnread } from './thread-place.ts';
import {
  findFirstUnreadReply,
  findFollowedThread,
  type FollowedThread,
  threadName,
} from './thread-unread.ts';
import { listThreads } from './threads.ts';

/** The threads with news as a screen shows them that has taken in all that it was told. */
class Shown {
  readonly threads = new Map<string, FollowedThread>();
  readonly signals = createSignals();

  constructor(screen: InboxScreen) {
    void this.#read(screen);
  }

  async #read(screen: InboxScreen): Promise<void> {
    for await (const change of screen) {
      if (change.kind === 'STATE') {
        this.threads.clear();
        for (const thread of change.state.threads) this.threads.set(threadName(thread), thread);
      } else if (change.kind === 'THREAD_CHANGED') {
        if (change.thread) this.threads.set(threadName(change.place), change.thread);
        else this.threads.delete(threadName(change.place));
      }
      this.signals.tell();
    }
  }

  summary() {
    return summarize([...this.threads.values()]);
  }
}

const summarize = (threads: FollowedThread[]) =>
  threads.toSorted((a, b) => (threadName(a) < threadName(b) ? -1 : 1));

/** Counted without anything of what is tested. */
async function recount(app: App, { user }: TestPerson): Promise<FollowedThread[]> {
  const { prisma } = app.db;
  const follows = await prisma.threadFollow.findMany({ where: { userId: user.id } });
  const counted = [];
  for (const { roomId, threadSeq, readSeq, isFollowing } of follows) {
    const replies = await prisma.message.findMany({
      where: { roomId, threadSeq, deletedAt: null, NOT: { authorId: user.id } },
    });
    const where = { roomId_userId: { roomId, userId: user.id } };
    if (!isFollowing || !(await prisma.membership.findUnique({ where }))) continue;
    const unread = replies.filter(({ seq }) => seq > readSeq);
    const mentions = unread.filter(
      ({ inRoom, mentionScope, mentionedIds }) =>
        !inRoom && (mentionScope !== null || mentionedIds.includes(user.id)),
    );
    const counts = { unread: unread.length, mentions: mentions.length };
    if (unread.length > 0) counted.push({ roomId, threadSeq, readSeq, ...counts });
  }
  return summarize(counted);
}

async function start() {
  const server = await startApp();
  const { app } = server;
  const known = await people(app);
  const { ann, bob, eve, room } = known;
  const post = (who: TestPerson, body: string, thread: number | null = null, alsoInRoom = false) =>
    postMessage(app, who, {
      roomId: room.id,
      body,
      thread,
      alsoInRoom,
      idempotencyKey: randomUUID(),
    });
  const standing = (who: TestPerson, { seq }: { seq: number }) =>
    findFollowedThread(app, who, { roomId: room.id, seq });
  return {
    ...known,
    ...{ app, ann, bob, eve, post, standing },
    shows: async (who: TestPerson) => new Shown(await followInbox(app, who)),
    at: (seq: number) => encodeCursor(app.db.epoch, seq),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('whoever began a thread, replies or is mentioned by name follows it, and nobody else', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post, standing } = house;
  const [named, late, other] = await Promise.all(
    ['named', 'late', 'other'].map((name) => person(app, name)),
  );
  for (const who of [eve, named!, late!, other!]) await joinRoom(app, who, { roomId: room.id });

  const first = await post(ann, '@named, shall we?');
  for (const who of [ann, named!]) expect(await standing(who, first)).toBeNull();
  const reply = await post(bob, '@eve let us', first.seq);
  expect(await standing(ann, first)).toMatchObject({ unread: 1, readSeq: first.seq });
  expect(await standing(named!, first)).toMatchObject({ unread: 1, mentions: 0 });
  expect(await standing(bob, first)).toMatchObject({ unread: 0, readSeq: reply.seq });
  expect(await standing(eve, first)).toMatchObject({ unread: 1, mentions: 1 });

  await post(ann, '@all at one', first.seq);
  expect(await standing(eve, first)).toMatchObject({ unread: 2, mentions: 2 });
  for (const who of [late!, other!]) expect(await standing(who, first)).toBeNull();
  await editMessage(app, bob, { roomId: room.id, seq: reply.seq, body: '@late let us' });
  expect(await standing(late!, first)).toMatchObject({ unread: 2, mentions: 2 });
  expect(await standing(eve, first)).toMatchObject({ unread: 2, mentions: 1 });
  await editMessage(app, ann, { roomId: room.id, seq: first.seq, body: '@other, shall we?' });
  expect(await standing(other!, first)).toMatchObject({ unread: 2, mentions: 1 });
});

test('one follows by choice from then on, and no more until one replies or is mentioned anew', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post, standing } = house;
  await joinRoom(app, eve, { roomId: room.id });
  const first = await post(ann, 'A thread');
  const reply = await post(bob, 'one', first.seq);
  const key = { roomId: room.id, seq: reply.seq };
  expect(await followThread(app, eve, key)).toMatchObject({ seq: first.seq });
  expect(await standing(eve, first)).toMatchObject({ unread: 0 });
  await post(bob, 'two', first.seq);
  expect(await standing(eve, first)).toMatchObject({ unread: 1 });
  await followThread(app, eve, key);
  expect(await standing(eve, first)).toMatchObject({ unread: 1 });

  for (const who of [ann, eve]) await unfollowThread(app, who, key);
  await post(bob, 'three', first.seq);
  for (const who of [ann, eve]) expect(await standing(who, first)).toBeNull();
  expect((await listThreads(app, ann, { first: null, after: null })).threads).toEqual([]);
  await post(bob, '@eve?', first.seq);
  await post(ann, 'four', first.seq);
  expect(await standing(eve, first)).toMatchObject({ unread: 2, mentions: 1 });
  expect(await standing(ann, first)).toMatchObject({ unread: 0 });
  const silent = await post(ann, 'Nobody tell me of this');
  await unfollowThread(app, ann, { roomId: room.id, seq: silent.seq });
  await post(bob, 'of what?', silent.seq);
  expect(await standing(ann, silent)).toBeNull();
});

test('a thread is read apart from its room, forwards, and unread from a reply on', async () => {
  await using house = await start();
  const { app, ann, bob, room, post, standing, at } = house;
  const first = await post(ann, 'A thread');
  const one = await post(bob, '@ann one', first.seq);
  const two = await post(bob, '@ann two', first.seq, true);
  const gone = await post(bob, 'three', first.seq);
  await post(ann, 'my own', first.seq);
  await deleteMessage(app, bob, { roomId: room.id, seq: gone.seq });
  const inRoom = async () => (await readInbox(app, ann)).rooms[0]!.counts;
  // Each mention counts once: in the room where the room has it, else in the thread.
  expect(await standing(ann, first)).toMatchObject({ unread: 2, mentions: 1 });
  expect(await inRoom()).toMatchObject({ unread: 1, mentions: 1 });
  expect(await findFirstUnreadReply(app, ann, (await standing(ann, first))!)).toMatchObject({
    body: '@ann one',
  });

  await markRead(app, ann, { roomId: room.id, cursor: at(gone.seq) });
  expect(await inRoom()).toMatchObject({ unread: 0, mentions: 0 });
  expect(await standing(ann, first)).toMatchObject({ unread: 2, mentions: 1 });
  const key = { roomId: room.id, seq: first.seq };
  await markThreadRead(app, ann, { ...key, cursor: at(two.seq) });
  await markThreadRead(app, ann, { ...key, cursor: at(one.seq) });
  expect(await standing(ann, first)).toMatchObject({ unread: 0, mentions: 0, readSeq: two.seq });
  await markThreadUnread(app, ann, { roomId: room.id, seq: two.seq });
  expect(await standing(ann, first)).toMatchObject({ unread: 1, mentions: 0 });
  await markThreadUnread(app, ann, key);
  expect(await standing(ann, first)).toMatchObject({ unread: 2, mentions: 1 });
  await markAllRead(app, ann);
  expect(await standing(ann, first)).toMatchObject({ unread: 0 });

  const beyond = { ...key, cursor: at(999) };
  await expect(markThreadRead(app, ann, beyond)).rejects.toMatchObject({ code: 'RESYNC_REQUIRED' });
  await expect(markThreadRead(app, ann, { ...key, cursor: 'x' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('only members follow threads; to strangers of a private room they do not exist', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post, standing, at } = house;
  const hidden = await createRoom(app, ann, {
    ...{ slug: 'hidden', name: null, topic: null, visibility: 'PRIVATE' as const },
  });
  const seen = await post(ann, 'A thread');
  const { seq } = await postMessage(app, ann, {
    ...{ roomId: hidden.id, body: 'A secret', idempotencyKey: 'secret' },
  });
  for (const [key, code] of [
    [{ roomId: room.id, seq: seen.seq }, 'FORBIDDEN'],
    [{ roomId: hidden.id, seq }, 'NOT_FOUND'],
    [{ roomId: room.id, seq: 999 }, 'NOT_FOUND'],
  ] as const) {
    for (const act of [
      () => followThread(app, eve, key),
      () => unfollowThread(app, eve, key),
      () => markThreadRead(app, eve, { ...key, cursor: at(1) }),
      () => markThreadUnread(app, eve, key),
    ]) {
      await expect(act()).rejects.toMatchObject({ code });
    }
  }
  // Whoever leaves follows nothing there any more, also once they are back.
  await post(bob, 'mine', seen.seq);
  await leaveRoom(app, bob, { roomId: room.id });
  await post(ann, 'gone?', seen.seq);
  expect(await standing(bob, seen)).toBeNull();
  await joinRoom(app, bob, { roomId: room.id });
  expect(await standing(bob, seen)).toBeNull();
});

test('threads are listed with unread ones first and by their latest replies, page by page', async () => {
  await using house = await start();
  const { app, ann, bob, room, post, at } = house;
  const firsts: { seq: number }[] = [];
  for (let n = 0; n < 5; n++) {
    firsts.push(await post(ann, `thread ${n}`));
    await post(bob, 'reply', firsts[n]!.seq);
  }
  for (const n of [4, 1]) {
    const key = { roomId: room.id, seq: firsts[n]!.seq };
    await markThreadRead(app, ann, { ...key, cursor: at(firsts[4]!.seq + 1) });
  }
  await post(bob, 'again', firsts[0]!.seq);
  const found: number[] = [];
  let after: string | null = null;
  do {
    const page = await listThreads(app, ann, { first: 2, after });
    found.push(...page.threads.map(({ threadSeq }) => threadSeq));
    after = page.hasNextPage ? page.threads.at(-1)!.cursor : null;
  } while (after);
  expect(found).toEqual([0, 3, 2, 4, 1].map((n) => firsts[n]!.seq));
  for (const page of [
    { first: 101, after: null },
    { first: 1, after: 'x' },
  ]) {
    await expect(listThreads(app, ann, page)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
});

test('threads whose every hint was lost are right again after a sweep', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await using house = await start();
    const { app, ann, bob, room, post, at } = house;
    const first = await post(ann, 'A thread');
    const screen = await house.shows(ann);
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    const { publish } = app.bus;
    app.bus.publish = () => {};
    const reply = await post(bob, 'unheard', first.seq);
    await vi.advanceTimersByTimeAsync(1_000);
    await screen.signals.when(() => screen.threads.size === 1);
    const key = { roomId: room.id, seq: first.seq };
    await markThreadRead(app, ann, { ...key, cursor: at(reply.seq) });
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    await screen.signals.when(() => screen.threads.size === 0);
    app.bus.publish = publish;
  } finally {
    vi.useRealTimers();
  }
});

const step = fc.record({
  do: fc.oneof(
    { weight: 5, arbitrary: fc.constant('reply') },
    { weight: 2, arbitrary: fc.constantFrom('delete', 'edit', 'read', 'unread') },
    { weight: 1, arbitrary: fc.constantFrom('post', 'follow', 'unfollow', 'all read') },
    { weight: 1, arbitrary: fc.constantFrom('leave', 'join', 'lose hints', 'hear hints', 'wait') },
  ),
  who: fc.nat(2),
  n: fc.nat(30),
});
const BODIES = ['Hello', '@ann look', '@bob', 'See `@ann`, @eve', '@all'];

test('whatever three people do in threads at once, what is shown is what a recount gives', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room } = house;
  const three = [ann, bob, eve];
  const roomId = room.id;
  const screens = await Promise.all(three.map((who) => house.shows(who)));
  const { publish } = app.bus;
  let runs = 0;
  let withNews = 0;
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 30, size: 'max' }),
    async (steps) => {
      for (const who of three) await joinRoom(app, who, { roomId });
      await house.post(ann, 'A thread');
      const under: Promise<unknown>[] = [];
      for (const { do: what, who, n } of steps) {
        const person = three[who]!;
        const posted = await app.db.prisma.message.findMany({
          where: { roomId },
          orderBy: { seq: 'desc' },
          take: 12,
        });
        const key = { roomId, seq: posted[n % posted.length]!.seq };
        const body = BODIES[n % BODIES.length]!;
        const act = {
          reply: () => house.post(person, body, key.seq, n % 3 === 0),
          post: () => house.post(person, body),
          delete: () => deleteMessage(app, person, key),
          edit: () => editMessage(app, person, { ...key, body }),
          read: () => markThreadRead(app, person, { ...key, cursor: house.at(key.seq) }),
          unread: () => markThreadUnread(app, person, key),
          follow: () => followThread(app, person, key),
          unfollow: () => unfollowThread(app, person, key),
          'all read': () => markAllRead(app, person),
          leave: () => leaveRoom(app, person, { roomId }),
          join: () => joinRoom(app, person, { roomId }),
          'lose hints': async () => void (app.bus.publish = () => {}),
          'hear hints': async () => void (app.bus.publish = publish),
          wait: () => Promise.allSettled(under),
        }[what]!;
        const done = act();
        done.catch(() => {});
        under.push(done);
        if (what === 'wait') await Promise.allSettled(under);
      }
      for (const outcome of await Promise.allSettled(under)) {
        if (outcome.status === 'rejected') expect(outcome.reason).toHaveProperty('code');
      }
      app.bus.publish = publish;
      for (const [index, who] of three.entries()) {
        const expected = await recount(app, who);
        withNews += expected.length;
        expect(summarize((await readInbox(app, who)).threads)).toEqual(expected);
        await expect
          .poll(() => screens[index]!.summary(), { timeout: 15_000, interval: 20 })
          .toEqual(expected);
      }
      runs++;
    },
  );
  await fc.assert(property, { numRuns: 15, endOnFailure: true });
  expect(withNews).toBeGreaterThan(10);
  console.log(`threads: ${runs} runs of up to 30 steps, each as a recount gives it`);
}, 180_000);
