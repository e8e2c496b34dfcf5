import { expect, test } from 'vitest';
import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';
import { asSeen, RecentChanges, revise, type Change } from './changes.ts';
import { aMessage } from './message.fixture.ts';
import type { Edge } from './window.ts';

const edgeOf = (node: TimelineMessageFragment): Edge => ({ cursor: node.cursor, node });
const edges = [1, 2, 3].map((seq) => edgeOf(aMessage(seq)));
const changed = (message: TimelineMessageFragment, posted = false): Change => ({ message, posted });
const bodies = (run: readonly Edge[]) => run.map(({ node }) => node.body);

test('a changed message takes its own place, and its neighbours stay the very same', () => {
  const run = revise(edges, [changed(aMessage(2, { body: 'edited' }))], 'ann');
  expect(bodies(run)).toEqual(['message 1', 'edited', 'message 3']);
  expect([run[0], run[2]]).toEqual([edges[0], edges[2]]);
  expect(run[0]).toBe(edges[0]);
});

test('what happens to a message that is not held leaves the very same run', () => {
  expect(revise(edges, [changed(aMessage(9, { body: 'edited' }))], 'ann')).toBe(edges);
});

test('a reply tells how its thread stands, on the message that began it', () => {
  const bob = { id: 'bob', displayName: 'Bob', avatarUrl: null };
  const thread = { ...aMessage(1), replyCount: 4, lastReplyAt: 'now', lastRepliers: [bob] };
  const run = revise(edges, [changed(aMessage(7, { thread, isInRoom: false }), true)], 'ann');
  expect(run[0]!.node).toMatchObject({ replyCount: 4, lastReplyAt: 'now', lastRepliers: [bob] });
  expect(run).toHaveLength(3);
});

test('a quote says what the quoted message says now, also once it is deleted', () => {
  const held = [edgeOf(aMessage(5, { replyTo: aMessage(2) }))];
  const edited = revise(held, [changed(aMessage(2, { body: 'edited' }))], 'ann');
  expect(edited[0]!.node.replyTo!.body).toBe('edited');
  const gone = aMessage(2, { body: '', deletedAt: 'now' });
  expect(revise(edited, [changed(gone)], 'ann')[0]!.node.replyTo!.deletedAt).toBe('now');
});

const thumbs = (count: number, names: string[]) => ({
  emoji: '👍',
  count,
  users: names.map((id) => ({ id, displayName: id, avatarUrl: null })),
});
/** As an event tells it: not whether the viewer is among those who reacted. */
const told = (count: number, names: string[], reaction?: Change['reaction']): Change => ({
  message: { ...aMessage(1), reactions: [thumbs(count, names)] },
  posted: false,
  ...(reaction && { reaction }),
});
const known = (viewerHasReacted: boolean) =>
  aMessage(1, { reactions: [{ ...thumbs(11, ['bob']), viewerHasReacted }] });
const isOwn = (change: Change, before?: TimelineMessageFragment) =>
  asSeen(change, 'ann', before).reactions[0]!.viewerHasReacted;

test.each([
  ['named', told(2, ['bob', 'ann']), undefined, true],
  ['not among all who are named', told(1, ['bob']), known(true), false],
  ['known from before, where not all are named', told(12, ['bob']), known(true), true],
  ['unknown, where not all are named', told(12, ['bob']), undefined, false],
  [
    'reacting now',
    told(12, ['bob'], { emoji: '👍', added: true, actorId: 'ann' }),
    known(false),
    true,
  ],
  [
    'taking it back now',
    told(12, ['bob'], { emoji: '👍', added: false, actorId: 'ann' }),
    known(true),
    false,
  ],
  [
    'there while somebody else reacts',
    told(12, ['bob'], { emoji: '👍', added: true, actorId: 'eve' }),
    known(true),
    true,
  ],
])('whether the viewer has reacted: %s', (_name, change, before, expected) => {
  expect(isOwn(change, before)).toBe(expected);
});

test('a page that was read before a change is brought up to it', () => {
  const recent = new RecentChanges('ann');
  recent.note(changed(aMessage(2, { body: 'first edit' })));
  recent.note(changed(aMessage(2, { body: 'second edit' })));
  expect(bodies(recent.applyTo(edges))).toEqual(['message 1', 'second edit', 'message 3']);
  recent.forget();
  expect(recent.applyTo(edges)).toBe(edges);
});

test('of very many changes the latest are kept', () => {
  const recent = new RecentChanges('ann');
  for (let seq = 1; seq <= 300; seq++) recent.note(changed(aMessage(seq)));
  expect([recent.of('m100'), recent.of('m101')?.message.id]).toEqual([undefined, 'm101']);
});
