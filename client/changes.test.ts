import { expect, test } from 'vitest';
import { startRoom, take } from './test/room.ts';

test('edits, deletes, reacts and pins, and whoever follows the room hears of each', async () => {
  const { ann, bob, roomId, as } = await startRoom();
  const [anns, bobs] = [as(ann).room(roomId), as(bob).room(roomId)];
  const { cursor, node } = await anns.send('Hello');
  const events = bobs.events({ after: cursor });

  expect(await anns.edit(node.id, 'Hello, all')).toMatchObject({ id: node.id, body: 'Hello, all' });
  await bobs.react(node.id, '🎉');
  await bobs.unreact(node.id, '🎉');
  expect((await bobs.pin(node.id)).pinnedAt).toMatch(/Z$/);
  expect((await bobs.unpin(node.id)).pinnedAt).toBeNull();
  expect(await anns.delete(node.id)).toMatchObject({ body: '', deletedAt: expect.any(String) });
  const kinds = (await take(events, 6)).map((edge) => edge.node.__typename);
  expect(kinds).toEqual([
    ...['MessageEdited', 'ReactionAdded', 'ReactionRemoved'],
    ...['MessagePinned', 'MessageUnpinned', 'MessageDeleted'],
  ]);
});

test('answers with a quote, and in a thread, which the history of the room has only where it is wanted', async () => {
  const { ann, bob, roomId, as } = await startRoom();
  const [anns, bobs] = [as(ann).room(roomId), as(bob).room(roomId)];
  const question = (await anns.send('Lunch?')).node;
  const answer = await bobs.send('Yes', { replyTo: question.id });
  expect(answer.node).toMatchObject({ replyTo: { id: question.id }, thread: null });
  const reply = await bobs.send('At one', { thread: question.id });
  expect(reply.node).toMatchObject({ thread: { id: question.id }, isInRoom: false });
  await anns.send('Fine', { thread: reply.node.id, alsoInRoom: true });
  const { messages } = await anns.history();
  expect(messages.edges.map((edge) => [edge.node.body, edge.node.replyCount])).toEqual([
    ['Lunch?', 2],
    ['Yes', 0],
    ['Fine', 0],
  ]);
});

test('what is not one’s own is not edited, and what is gone is not changed', async () => {
  const { ann, bob, eve, roomId, as } = await startRoom();
  const anns = as(ann).room(roomId);
  const { node } = await anns.send('Hello');
  const bobs = as(bob).room(roomId);
  await expect(bobs.edit(node.id, 'Bye')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(bobs.delete(node.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(bobs.react(node.id, 'yes')).rejects.toMatchObject({ field: 'emoji' });
  await expect(as(eve).room(roomId).pin(node.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(bobs.pin('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await anns.delete(node.id);
  await expect(anns.edit(node.id, 'Bye')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(bobs.send('Hm', { replyTo: node.id })).rejects.toMatchObject({ code: 'CONFLICT' });
});
