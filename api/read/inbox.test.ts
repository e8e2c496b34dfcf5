/** An inbox, whatever happens in its rooms, is what the database would count afresh. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { App } from '../app.ts';
import type { Room } from '../generated/prisma/client.ts';
import { encodeCursor } from '../live/cursor.ts';
import { deleteMessage } from '../message/deletion.ts';
import { editMessage } from '../message/editing.ts';
import { postMessage } from '../message/message.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { setMemberRole } from '../room/role.ts';
import { createRoom, renameRoom } from '../room/room.ts';
import { startApp } from '../test/harness.ts';
import { people, type TestPerson } from '../test/people.ts';
import { createSignals } from '../test/signals.ts';
import { saveDraft } from './draft.ts';
import type { InboxRoom } from './inbox-rooms.ts';
import type { InboxScreen } from './inbox-screen.ts';
import { followInbox, INBOX_SWEEP_MS, readInbox } from './inboxes.ts';
import { markAllRead, markRead, markUnread } from './place.ts';
import { findFirstUnread } from './unread.ts';

/** What a screen shows that has taken in all that it was told. */
class Shown {
  readonly rooms = new Map<string, InboxRoom>();
  readonly drafts = new Map<string, string>();
  readonly signals = createSignals();
  told = 0;

  constructor(screen: InboxScreen) {
    void this.#read(screen);
  }

  async #read(screen: InboxScreen): Promise<void> {
    for await (const change of screen) {
      this.told++;
      if (change.kind === 'STATE') {
        this.rooms.clear();
        for (const entry of change.state.rooms) this.rooms.set(entry.room.id, entry);
        for (const { roomId, body } of change.state.drafts) this.drafts.set(roomId, body);
      } else if (change.kind === 'ROOM_CHANGED') {
        this.rooms.set(change.entry.room.id, change.entry);
      } else if (change.kind === 'ROOM_REMOVED') this.rooms.delete(change.roomId);
      else if (change.kind !== 'DRAFT_CHANGED') continue;
      else if (change.draft) this.drafts.set(change.place.roomId, change.draft.body);
      else this.drafts.delete(change.place.roomId);
      this.signals.tell();
    }
  }

  unread(room: Room): number | undefined {
    return this.rooms.get(room.id)?.counts.unread;
  }

  summary() {
    return summarize([...this.rooms.values()]);
  }
}

const summarize = (rooms: InboxRoom[]) =>
  rooms
    .map(({ room, counts, lastMessage }) => ({
      name: room.name,
      readSeq: counts.readSeq,
      unread: counts.unread,
      mentions: counts.mentions,
      last: lastMessage && lastMessage.body,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Counted without anything of what is tested. */
async function recount(app: App, person: TestPerson) {
  const { rows } = await app.db.pool.query(
    `SELECT room.name, member.read_seq AS "readSeq",
       (SELECT count(*)::int FROM message m WHERE m.room_id = room.id AND m.seq > member.read_seq
          AND m.author_id <> $1 AND m.deleted_at IS NULL AND m.in_room) AS unread,
       (SELECT count(*)::int FROM message m WHERE m.room_id = room.id AND m.seq > member.read_seq
          AND m.author_id <> $1 AND m.deleted_at IS NULL AND m.in_room
          AND (m.mention_scope IS NOT NULL OR $1 = ANY(m.mentioned_ids))) AS mentions,
       (SELECT body FROM message m WHERE m.room_id = room.id AND m.deleted_at IS NULL AND m.in_room
          ORDER BY seq DESC LIMIT 1) AS last
     FROM membership member JOIN room ON room.id = member.room_id
     WHERE member.user_id = $1 ORDER BY room.name COLLATE "C"`,
    [person.user.id],
  );
  return rows;
}

async function start() {
  const server = await startApp();
  const { app } = server;
  const known = await people(app);
  const { ann, bob, room } = known;
  const post = (who: TestPerson, body: string, thread: number | null = null, where = room) =>
    postMessage(app, who, { roomId: where.id, body, thread, idempotencyKey: randomUUID() });
  const shows = async (who: TestPerson) => new Shown(await followInbox(app, who));
  const at = (seq: number) => encodeCursor(app.db.epoch, seq);
  return {
    ...known,
    ...{ app, ann, bob, post, shows, at },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('own, deleted and system messages do not count, nor replies in threads only', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post, shows } = house;
  const screen = await shows(ann);
  const first = await post(bob, 'Hello');
  await post(ann, 'Hello Bob');
  await post(bob, 'in the thread', first.seq);
  await joinRoom(app, eve, { roomId: room.id });
  const gone = await post(bob, 'oops');
  await deleteMessage(app, bob, { roomId: room.id, seq: gone.seq });
  await post(eve, 'Hello all');
  await screen.signals.when(() => screen.rooms.get(room.id)?.lastMessage?.body === 'Hello all');
  expect(screen.unread(room)).toBe(2);
  expect(await findFirstUnread(app, ann, room.id)).toMatchObject({ body: 'Hello' });
  expect(screen.summary()).toEqual(await recount(app, ann));
  expect((await readInbox(app, eve)).rooms).toMatchObject([{ counts: { unread: 0 } }]);
});

test('reading moves forwards only, and unread from a message on is what was asked for', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post, at } = house;
  const first = await post(bob, 'one');
  const second = await post(bob, '@ann two');
  const unread = async () => (await readInbox(app, ann)).rooms[0]!.counts;
  expect(await unread()).toMatchObject({ unread: 2, mentions: 1 });
  await markRead(app, ann, { roomId: room.id, cursor: at(second.seq) });
  await markRead(app, ann, { roomId: room.id, cursor: at(first.seq) });
  expect(await unread()).toMatchObject({ unread: 0, mentions: 0, readSeq: second.seq });
  await markUnread(app, ann, { roomId: room.id, seq: second.seq });
  expect(await unread()).toMatchObject({ unread: 1, mentions: 1 });
  expect(await markAllRead(app, ann)).toBe(1);
  expect(await markAllRead(app, ann)).toBe(0);
  expect(await unread()).toMatchObject({ unread: 0 });

  const beyond = { roomId: room.id, cursor: at(second.seq + 1) };
  await expect(markRead(app, ann, beyond)).rejects.toMatchObject({ code: 'RESYNC_REQUIRED' });
  const key = { roomId: room.id, seq: first.seq };
  const reading = { roomId: room.id, cursor: at(first.seq) };
  await expect(markRead(app, eve, reading)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(markUnread(app, eve, key)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const hidden = await createRoom(app, bob, {
    ...{ slug: 'hidden', name: null, topic: null, visibility: 'PRIVATE' as const },
  });
  await expect(markRead(app, eve, { ...reading, roomId: hidden.id })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('all screens of a person agree, also on rooms that they join and leave', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post, at } = house;
  const [one, two] = [await house.shows(ann), await house.shows(ann)];
  const message = await post(bob, 'Hello');
  for (const screen of [one, two]) await screen.signals.when(() => screen.unread(room) === 1);
  await markRead(app, ann, { roomId: room.id, cursor: at(message.seq) });
  for (const screen of [one, two]) await screen.signals.when(() => screen.unread(room) === 0);

  const orchard = await createRoom(app, eve, {
    ...{ slug: 'orchard', name: 'Orchard', topic: null, visibility: 'PUBLIC' as const },
  });
  await post(eve, 'Before Ann came', null, orchard);
  await joinRoom(app, ann, { roomId: orchard.id });
  for (const screen of [one, two]) await screen.signals.when(() => screen.unread(orchard) === 0);
  await renameRoom(app, eve, { roomId: orchard.id, name: 'Wood' });
  await two.signals.when(() => two.rooms.get(orchard.id)?.room.name === 'Wood');
  await leaveRoom(app, ann, { roomId: orchard.id });
  for (const screen of [one, two]) await screen.signals.when(() => !screen.rooms.has(orchard.id));
});

test('a draft is on all screens, and on none once it is sent', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room, post } = house;
  const [one, two] = [await house.shows(ann), await house.shows(ann)];
  const place = { roomId: room.id, thread: null };
  await saveDraft(app, ann, { ...place, body: 'Hel' });
  await saveDraft(app, ann, { ...place, body: 'Hello, B' });
  for (const screen of [one, two]) {
    await screen.signals.when(() => screen.drafts.get(room.id) === 'Hello, B');
  }
  expect((await readInbox(app, ann)).drafts).toMatchObject([{ body: 'Hello, B' }]);
  expect((await readInbox(app, bob)).drafts).toEqual([]);
  const root = await post(bob, 'A thread');
  await post(ann, 'in it', root.seq);
  expect((await readInbox(app, ann)).drafts).toHaveLength(1);
  await post(ann, 'Hello, Bob');
  for (const screen of [one, two]) await screen.signals.when(() => screen.drafts.size === 0);
  expect(await saveDraft(app, ann, { ...place, body: ' ' })).toBeNull();
  await expect(saveDraft(app, eve, { ...place, body: 'x' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const long = 'x'.repeat(16_001);
  await expect(saveDraft(app, ann, { ...place, body: long })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test('what is said while the database counts is counted on top, and once', async () => {
  await using house = await start();
  const { app, ann, bob, room, post, at } = house;
  const screen = await house.shows(ann);
  const other = await house.shows(bob);
  const first = await post(bob, 'one');
  await markRead(app, ann, { roomId: room.id, cursor: at(first.seq) });
  await screen.signals.when(() => screen.rooms.get(room.id)?.counts.readSeq === first.seq);

  const { ask } = app.unread;
  const counted = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  app.unread.ask = async (question) => {
    const counts = await ask.call(app.unread, question);
    counted.resolve();
    await release.promise;
    return counts;
  };
  await markUnread(app, ann, { roomId: room.id, seq: first.seq });
  await counted.promise;
  await post(bob, '@ann two');
  await post(bob, 'three');
  await other.signals.when(() => other.rooms.get(room.id)?.lastMessage?.body === 'three');
  release.resolve();
  await screen.signals.when(() => screen.rooms.get(room.id)?.lastMessage?.body === 'three');
  app.unread.ask = ask;
  await expect.poll(() => screen.summary()).toEqual(await recount(app, ann));
  expect(screen.rooms.get(room.id)?.counts).toMatchObject({ unread: 3, mentions: 1 });
});

test('an inbox whose every hint was lost is right again after a sweep', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await using house = await start();
    const { app, ann, bob, room, post, at } = house;
    const screen = await house.shows(ann);
    const { publish } = app.bus;
    app.bus.publish = () => {};
    const message = await post(bob, 'unheard @ann');
    await vi.advanceTimersByTimeAsync(1_000);
    await screen.signals.when(() => screen.unread(room) === 1);
    await markRead(app, ann, { roomId: room.id, cursor: at(message.seq) });
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    await screen.signals.when(() => screen.unread(room) === 0);
    const mutedUntil = new Date('2100-01-01T00:00:00.123Z');
    await app.db.prisma.membership.updateMany({ data: { mutedUntil } });
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    await screen.signals.when(() => Boolean(screen.rooms.get(room.id)?.counts.mutedUntil));
    await saveDraft(app, ann, { roomId: room.id, thread: null, body: 'I had' });
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    await screen.signals.when(() => screen.drafts.get(room.id) === 'I had');
    await makeOwner(app, ann, bob, room);
    await leaveRoom(app, ann, { roomId: room.id });
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    await screen.signals.when(() => screen.rooms.size === 0);
    await joinRoom(app, ann, { roomId: room.id });
    await vi.advanceTimersByTimeAsync(INBOX_SWEEP_MS);
    await screen.signals.when(() => screen.rooms.size === 1);
    expect(screen.summary()).toEqual(await recount(app, ann));
    app.bus.publish = publish;
  } finally {
    vi.useRealTimers();
  }
});

/** Somebody else must be before the owner leaves. */
const makeOwner = (app: App, by: TestPerson, whom: TestPerson, { id: roomId }: Room) =>
  setMemberRole(app, by, { roomId, userId: whom.user.id, role: 'OWNER' });

test('drafts go with the room that is left, and come back with it', async () => {
  await using house = await start();
  const { app, ann, bob, room } = house;
  await saveDraft(app, ann, { roomId: room.id, thread: null, body: 'I had' });
  await makeOwner(app, ann, bob, room);
  const screen = await house.shows(ann);
  await screen.signals.when(() => screen.drafts.size === 1);
  await leaveRoom(app, ann, { roomId: room.id });
  await screen.signals.when(() => screen.drafts.size === 0);
  await joinRoom(app, ann, { roomId: room.id });
  await screen.signals.when(() => screen.drafts.size === 1);
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('post'), who: fc.nat(2), n: fc.nat(5) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('delete', 'edit', 'read', 'unread'),
      who: fc.nat(2),
      n: fc.nat(30),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('leave', 'join', 'all read', 'lose hints', 'hear hints', 'wait', 'wait'),
      who: fc.nat(2),
      n: fc.nat(1),
    }),
  },
);
const BODIES = ['Hello', '@ann look', '@bob', 'See `@ann`, @eve', '@all', 'thread'];

test('whatever three people do at once, what is shown is what a recount gives', async () => {
  await using house = await start();
  const { app, ann, bob, eve, room } = house;
  const three = [ann, bob, eve];
  const second = await createRoom(app, eve, {
    ...{ slug: 'orchard', name: 'Orchard', topic: null, visibility: 'PUBLIC' as const },
  });
  const rooms = [room, second];
  const screens = await Promise.all(three.map((who) => house.shows(who)));
  const { publish } = app.bus;
  let runs = 0;
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 30, size: 'max' }),
    async (steps) => {
      for (const who of three) for (const { id } of rooms) await joinRoom(app, who, { roomId: id });
      const under: Promise<unknown>[] = [];
      for (const { do: what, who, n } of steps) {
        const person = three[who]!;
        const { id: roomId } = rooms[n % 2]!;
        const posted = await app.db.prisma.message.findMany({
          where: { roomId },
          orderBy: { seq: 'desc' },
          take: 30,
        });
        const message = posted[n % Math.max(posted.length, 1)];
        const key = { roomId, seq: message?.seq ?? 1 };
        const act = {
          post: () =>
            postMessage(app, person, {
              ...{ roomId, body: BODIES[n]!, idempotencyKey: randomUUID() },
              thread: BODIES[n] === 'thread' && message ? message.seq : null,
            }),
          delete: () => deleteMessage(app, person, key),
          edit: () => editMessage(app, person, { ...key, body: BODIES[n % BODIES.length]! }),
          read: () => markRead(app, person, { roomId, cursor: house.at(key.seq) }),
          unread: () => markUnread(app, person, key),
          leave: () => leaveRoom(app, person, { roomId }),
          join: () => joinRoom(app, person, { roomId }),
          'all read': () => markAllRead(app, person),
          'lose hints': async () => void (app.bus.publish = () => {}),
          'hear hints': async () => void (app.bus.publish = publish),
          wait: () => Promise.allSettled(under),
        }[what as 'post'];
        const done = act();
        done.catch(() => {});
        under.push(done);
        if (what === 'wait') await Promise.allSettled(under);
      }
      const outcomes = await Promise.allSettled(under);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toHaveProperty('code');
      }
      app.bus.publish = publish;
      for (const [index, who] of three.entries()) {
        const expected = await recount(app, who);
        expect(summarize((await readInbox(app, who)).rooms)).toEqual(expected);
        await expect
          .poll(() => screens[index]!.summary(), { timeout: 15_000, interval: 20 })
          .toEqual(expected);
      }
      runs++;
    },
  );
  await fc.assert(property, { numRuns: 15, endOnFailure: true });
  console.log(`inboxes: ${runs} runs of up to 30 steps, each as a recount gives it`);
}, 180_000);
