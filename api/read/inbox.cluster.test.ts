/** A person whose screens are at two servers has one inbox. */
import { expect, test, vi } from 'vitest';
import { setMemberRole } from '../room/role.ts';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { watchInbox } from '../test/inbox.ts';
import { people } from '../test/people.ts';
import { skipWithoutRedis, startRedis } from '../test/redis.ts';

vi.setConfig({ testTimeout: 60_000 });

const SEND = 'mutation($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }';
const READ = 'mutation($input: MarkReadInput!) { markRead(input: $input) { __typename } }';
const DRAFT = 'mutation($input: SaveDraftInput!) { saveDraft(input: $input) { __typename } }';
const LEAVE = 'mutation($input: LeaveRoomInput!) { leaveRoom(input: $input) { room { id } } }';
const JOIN = 'mutation($input: JoinRoomInput!) { joinRoom(input: $input) { room { id } } }';

test('screens at two servers agree within a second, and again after Redis was away', async (context) => {
  skipWithoutRedis(context);
  await using redis = await startRedis();
  await using one = await startApp({ REDIS_URL: redis.url });
  await using other = await startApp({ REDIS_URL: redis.url, DATABASE_URL: one.databaseUrl });
  const { ann, bob, room, roomId } = await people(one.app);
  const owner = { roomId: room.id, userId: bob.user.id, role: 'OWNER' } as const;
  await setMemberRole(one.app, ann, owner);
  await using here = watchInbox(one.url, ann.token);
  await using there = watchInbox(other.url, ann.token);
  const screens = [here, there];
  const both = async (isMet: (screen: typeof here) => boolean) => {
    for (const screen of screens) await screen.signals.when(() => isMet(screen));
  };
  await both(({ rooms }) => rooms.size === 1);
  const say = async (url: string, body: string) => {
    const input = { roomId, body, idempotencyKey: crypto.randomUUID() };
    return (await run(url, SEND, { input }, bob.token)).sendMessage.cursor as string;
  };
  const asAnn = (url: string, document: string, input: object) =>
    run(url, document, { input: { roomId, ...input } }, ann.token);

  await say(one.url, 'Hello');
  const cursor = await say(other.url, 'Hello @ann');
  await both(({ unread }) => unread(roomId) === 2);
  // From here on hints get through.
  const channels = async () => (await redis.ask('PUBSUB', 'CHANNELS', '*')) as Buffer[];
  await expect.poll(async () => String(await channels())).toContain(`user:${ann.user.id}`);
  const before = performance.now();
  await asAnn(other.url, READ, { cursor });
  await both(({ unread }) => unread(roomId) === 0);
  await asAnn(one.url, DRAFT, { body: 'I had almost' });
  await both(({ drafts }) => drafts.get(roomId) === 'I had almost');
  expect(performance.now() - before).toBeLessThan(2_000);
  await asAnn(other.url, LEAVE, {});
  await both(({ rooms }) => rooms.size === 0);
  await asAnn(one.url, JOIN, {});
  await both(({ rooms }) => rooms.size === 1);

  await redis.kill();
  await expect.poll(() => one.app.redis!.isConnected || other.app.redis!.isConnected).toBe(false);
  const missed = await say(one.url, 'unheard');
  await both(({ unread }) => unread(roomId) === 1);
  await asAnn(other.url, READ, { cursor: missed });
  await redis.start();
  await both(({ unread }) => unread(roomId) === 0);
});
