import { expect, test } from 'vitest';
import { isLookedAt, isRead, noticeOf } from './notice.ts';

const PUSH = {
  kind: 'MESSAGE',
  roomId: 'garden-id',
  slug: 'gärten',
  room: 'Gärten',
  author: 'Bob',
  text: 'are the beans in?',
  seq: 7,
  count: 1,
} as const;

test('a message is shown with who wrote it and where, and leads there', () => {
  expect(noticeOf(PUSH)).toMatchObject({
    title: 'Bob in #Gärten',
    options: { body: 'are the beans in?', data: { path: '/rooms/g%C3%A4rten', seq: 7 } },
  });
  expect(noticeOf({ ...PUSH, count: 3 }).options.body).toBe('are the beans in?\n3 new messages');
});

test('a direct message is shown under the name of who wrote it', () => {
  const direct = { ...PUSH, room: 'Bob', isDirect: true };
  expect(noticeOf(direct).title).toBe('Bob');
  expect(noticeOf({ ...direct, room: 'Bob, Eve' }).title).toBe('Bob to you and others');
  expect(noticeOf({ ...direct, messageId: 'one' }).title).toBe('Bob in a thread');
});

test('a room has one notification, and its next one is heard again', () => {
  const [first, second] = [noticeOf(PUSH), noticeOf({ ...PUSH, seq: 8 })];
  expect(second.options.tag).toBe(first.options.tag);
  expect(second.options).toMatchObject({ renotify: true, silent: false });
});

test('what takes the place of a deleted one makes no sound', () => {
  expect(noticeOf({ ...PUSH, isQuiet: true }).options).toMatchObject({
    ...{ tag: PUSH.roomId, renotify: false, silent: true },
  });
});

test('who looks at the room is not told; who looks elsewhere, or away from it, is', () => {
  const { path } = noticeOf(PUSH).options.data;
  const at = (url: string, focused = true) =>
    isLookedAt(path, [{ url: `https://chat.test${url}`, focused }]);
  expect(at('/rooms/gärten')).toBe(true);
  expect(at('/rooms/gärten', false)).toBe(false);
  expect(at('/rooms/lobby')).toBe(false);
});

test('what is past the place that was read stays', () => {
  const { data } = noticeOf(PUSH).options;
  expect(isRead(data, { kind: 'READ', roomId: 'garden-id', seq: 7 })).toBe(true);
  expect(isRead(data, { kind: 'READ', roomId: 'garden-id', seq: 6 })).toBe(false);
});
