import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import type { StatisticsInterval } from '../generated/prisma/client.ts';
import { postMessage } from '../message/message.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { type Random, seeded } from '../test/random.ts';
import { LENGTH_MS } from './interval.ts';
import { keepStatistics } from './rollup.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ASK = `query ($since: DateTime!, $until: DateTime, $interval: StatisticsInterval!) {
  administration { statistics(since: $since, until: $until, interval: $interval) { points {
    at users newUsers activeUsers messages newMessages storageBytes connections deliveries sendMs rssBytes
  } } }
}`;

type Question = { since: Date; until?: Date; interval: StatisticsInterval };

async function read({ url }: TestApp, token: string, question: Question): Promise<any[]> {
  const { administration } = await run<any>(url, ASK, question, token);
  return administration.statistics.points;
}

/** A past of a month with something at and beside the edges of hours, days and weeks. */
interface Past {
  users: { id: string; createdAt: Date; erasedAt: Date | null }[];
  messages: { authorId: string; createdAt: Date }[];
  reactions: { userId: string; createdAt: Date }[];
  files: { size: number; createdAt: Date }[];
}

const END = Date.UTC(2026, 9, 31, 15, 30);
const SPAN_MS = 40 * DAY_MS;

/** A moment of the past after `least`, often at an edge of a day or a millisecond before it. */
function momentOf(random: Random, least = END - SPAN_MS): Date {
  const moment = least + random.below(END - least);
  const edge = Math.ceil(moment / DAY_MS) * DAY_MS - random.below(2);
  return new Date(random.below(4) === 0 && edge < END ? edge : moment);
}

async function fill(app: App, roomId: string): Promise<Past> {
  // Or the clock might have a past counted that is there by half.
  await app.jobs.close();
  const random = seeded(20);
  const users = Array.from({ length: 30 }, (_, n) => {
    const createdAt = n === 0 ? new Date(END - SPAN_MS) : momentOf(random);
    const erasedAt = n % 7 === 3 ? momentOf(random, createdAt.getTime()) : null;
    return { id: randomUUID(), createdAt, erasedAt };
  });
  const who = () => users[random.below(users.length)]!.id;
  const messages = Array.from({ length: 2_000 }, () => ({
    authorId: who(),
    createdAt: momentOf(random),
  }));
  const files = Array.from({ length: 100 }, () => ({
    size: 1 + random.below(1e6),
    createdAt: momentOf(random),
  }));
  const reactions = Array.from({ length: 300 }, () => ({
    userId: who(),
    createdAt: momentOf(random),
  }));
  const { prisma } = app.db;
  await prisma.user.createMany({
    data: users.map((user, n) => ({
      ...{ ...user, username: `past-${n}`, usernameKey: `past-${n}`, displayName: `Past ${n}` },
    })),
  });
  const seqOf = (n: number) => 1_000 + n;
  await prisma.roomEvent.createMany({
    data: messages.map(({ authorId, createdAt }, n) => ({
      ...{ roomId, seq: seqOf(n), kind: 'MESSAGE_POSTED', actorId: authorId, createdAt },
    })),
  });
  await prisma.message.createMany({
    data: messages.map((message, n) => ({
      ...{ ...message, roomId, seq: seqOf(n), body: 'past', idempotencyKey: `${n}` },
    })),
  });
  await prisma.reaction.createMany({
    data: reactions.map((reaction, n) => ({ ...reaction, roomId, seq: seqOf(n), emoji: '🫐' })),
  });
  await prisma.file.createMany({
    data: files.map((file, n) => ({
      ...{ ...file, id: randomUUID(), uploaderId: users[0]!.id, roomId, idempotencyKey: `${n}` },
      ...{ name: 'past', mediaType: 'text/plain', hash: new Uint8Array() },
    })),
  });
  return { users, messages, reactions, files };
}

/** The same, counted by hand. */
function recount({ users, messages, reactions, files }: Past, at: Date, length: number) {
  const end = at.getTime() + length;
  const isBefore = ({ createdAt }: { createdAt: Date }) => createdAt.getTime() < end;
  const isIn = (one: { createdAt: Date }) => isBefore(one) && one.createdAt >= at;
  const isGone = (erasedAt: Date | null) => erasedAt !== null && erasedAt.getTime() < end;
  return {
    at: at.toISOString(),
    users: users.filter((user) => isBefore(user) && !isGone(user.erasedAt)).length,
    newUsers: users.filter(isIn).length,
    activeUsers: new Set([
      ...messages.filter(isIn).map(({ authorId }) => authorId),
      ...reactions.filter(isIn).map(({ userId }) => userId),
    ]).size,
    messages: messages.filter(isBefore).length,
    newMessages: messages.filter(isIn).length,
    storageBytes: files.filter(isBefore).reduce((sum, { size }) => sum + size, 0),
    ...{ connections: null, deliveries: null, sendMs: null, rssBytes: null },
  };
}

test('every interval is as a recount by hand has it, kept or not, edges and all', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, room } = await people(app);
  const past = await fill(app, room.id);
  const monday = Date.UTC(2026, 9, 19);
  const questions: Question[] = [
    { interval: 'HOUR', since: new Date(monday - 1), until: new Date(monday + 2 * DAY_MS) },
    { interval: 'DAY', since: new Date(END - SPAN_MS - 3 * DAY_MS), until: new Date(END) },
    { interval: 'WEEK', since: new Date(END - SPAN_MS), until: new Date(END) },
    // From the middle of one interval to the middle of another.
    { interval: 'DAY', since: new Date(monday + 1), until: new Date(monday + DAY_MS + 1) },
  ];
  const counts = [2 * 24 + 1, 44, 6, 2];
  const check = async () => {
    for (const [index, question] of questions.entries()) {
      const points = await read(server, root.token, question);
      expect(points).toHaveLength(counts[index]!);
      const length = LENGTH_MS[question.interval];
      expect(points).toEqual(points.map(({ at }) => recount(past, new Date(at), length)));
    }
  };
  await check();
  // Some of them are kept, up to the middle of a week and a day.
  await keepStatistics(app, new Date(monday + 3 * DAY_MS + DAY_MS / 2));
  const kept = await app.db.prisma.statistic.groupBy({ by: ['interval'], _max: { at: true } });
  expect(kept.map(({ interval, _max: { at } }) => [interval, at?.toISOString()]).sort()).toEqual([
    ['DAY', '2026-10-21T00:00:00.000Z'],
    ['HOUR', '2026-10-22T10:00:00.000Z'],
    ['WEEK', '2026-10-12T00:00:00.000Z'],
  ]);
  await check();
  await keepStatistics(app);
  await keepStatistics(app);
  await check();
  const intervals = await app.db.prisma.statistic.count({ where: { interval: 'DAY' } });
  expect(intervals).toBe(
    Math.floor((Date.now() - 120_000) / DAY_MS) - Math.floor((END - SPAN_MS) / DAY_MS),
  );
});

test('what was counted stays when what it counted goes', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, room } = await people(app);
  await fill(app, room.id);
  const question: Question = {
    ...{ interval: 'DAY', since: new Date(END - 5 * DAY_MS), until: new Date(END) },
  };
  await keepStatistics(app);
  const before = await read(server, root.token, question);
  await app.db.prisma.room.delete({ where: { id: room.id } });
  expect(await read(server, root.token, question)).toEqual(before);
  expect(before.at(-1).messages).toBe(2_000);
});

test('an hour is kept once it has been over for two minutes', async () => {
  await using server = await startApp();
  const { app } = server;
  const { room } = await people(app);
  await fill(app, room.id);
  const noon = Date.UTC(2026, 9, 30, 12);
  const last = async (now: number) => {
    await keepStatistics(app, new Date(now));
    const where = { interval: 'HOUR' as const };
    const { _max } = await app.db.prisma.statistic.aggregate({ where, _max: { at: true } });
    return _max.at?.toISOString();
  };
  expect(await last(noon + 119_999)).toBe('2026-10-30T10:00:00.000Z');
  expect(await last(noon + 120_000)).toBe('2026-10-30T11:00:00.000Z');
});

test('what a clock that was ahead had counted before it was over is counted again', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, room } = await people(app);
  await app.jobs.close();
  await keepStatistics(app, new Date(Date.now() + 3 * DAY_MS));
  await postMessage(app, ann, { roomId: room.id, body: 'late', idempotencyKey: 'late' });
  const since = new Date(Date.now() - DAY_MS);
  const check = async () => {
    for (const interval of ['HOUR', 'DAY', 'WEEK'] as const) {
      const points = await read(server, root.token, { since, interval });
      const total = points.reduce((sum, { newMessages }) => sum + newMessages, 0);
      expect([total, points.at(-1).messages]).toEqual([1, 1]);
    }
  };
  await check();
  await keepStatistics(app);
  await check();
  const where = { at: { gt: new Date() } };
  expect(await app.db.prisma.statistic.count({ where })).toBe(0);
  // And so it goes on when time has come there.
  await keepStatistics(app, new Date(Date.now() + 8 * DAY_MS));
  const { _max } = await app.db.prisma.statistic.aggregate({ _max: { messages: true } });
  expect(_max.messages).toBe(1);
});

test('of the interval that is under way there is what has been so far', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, room } = await people(app);
  const now = new Date();
  const messages = { roomId: room.id, authorId: root.user.id, body: 'now' };
  await app.db.prisma.roomEvent.create({
    data: {
      ...{ roomId: room.id, seq: 99, kind: 'MESSAGE_POSTED' as const, actorId: root.user.id },
      createdAt: now,
    },
  });
  await app.db.prisma.message.create({
    data: { ...messages, seq: 99, idempotencyKey: 'now', createdAt: now },
  });
  for (const interval of ['HOUR', 'DAY', 'WEEK'] as const) {
    const points = await read(server, root.token, { since: now, interval });
    expect(points.at(-1)).toMatchObject({
      ...{ users: 4, messages: 1, newMessages: 1, activeUsers: 1 },
    });
  }
});

test.each([
  ['since', { since: new Date(Date.now() + DAY_MS) }],
  ['until', { since: new Date(END), until: new Date(END - 1) }],
  ['until', { since: new Date(END), until: new Date(END) }],
  ['since', { since: new Date(END - 2_400 * 60 * 60 * 1000 - 1), until: new Date(END) }],
])('a span that is none, or too long, is refused by %s', async (field, span) => {
  await using server = await startApp();
  const { root } = await people(server.app);
  const { errors } = await ask(server.url, ASK, { ...span, interval: 'HOUR' }, bearer(root.token));
  expect(errors?.[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field });
});
