import { expect, test } from 'vitest';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { renameRoom } from '../room/room.ts';
import { postMessage } from './message.ts';

const AT = `query ($time: DateTime!) { room(slug: "garden") { cursorAt(time: $time) } }`;
const NEXT = `query ($after: String!) {
  room(slug: "garden") { messages(first: 1, after: $after) { edges { node { body } } } }
}`;

test('a room is read on from any time, whatever happened then', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, room } = await people(app);
  const said = [];
  for (let number = 0; number < 20; number++) {
    if (number % 3 === 0) await renameRoom(app, ann, { roomId: room.id, name: `Garden ${number}` });
    const input = { roomId: room.id, body: `${number}`, idempotencyKey: crypto.randomUUID() };
    said.push(await postMessage(app, ann, input));
  }
  const nextAt = async (time: Date) => {
    const { room: at } = await run(url, AT, { time }, ann.token);
    const { room: next } = await run(url, NEXT, { after: at.cursorAt }, ann.token);
    return next.messages.edges[0]?.node.body;
  };
  expect(await nextAt(new Date(0))).toBe('0');
  expect(await nextAt(new Date(Date.now() + 60_000))).toBeUndefined();
  for (const { createdAt } of said) {
    const next = said.find((message) => message.createdAt >= createdAt)!;
    expect(await nextAt(createdAt)).toBe(next.body);
  }
});
