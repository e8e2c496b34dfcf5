import { expect, test } from 'vitest';
import { advance, resumable } from './resume.ts';

const request = { query: 'subscription', variables: { roomId: 'r', after: '1.4' } };

test('a subscription goes on after the last event it saw', () => {
  const payload = resumable(request);
  advance(payload, { roomEvents: { cursor: '1.5', node: {} } });
  advance(payload, { roomEvents: { cursor: '1.6', node: {} } });
  expect(payload.variables).toEqual({ roomId: 'r', after: '1.6' });
});

test('moving the position leaves the variables of the request as they were', () => {
  const payload = resumable(request);
  advance(payload, { roomEvents: { cursor: '1.5' } });
  expect(request.variables.after).toBe('1.4');
});

test.each([[null], [undefined], [{ roomEvents: null }], [{ roomEvents: {} }]])(
  'a result without a cursor (%j) does not move the position',
  (data) => {
    const payload = resumable(request);
    advance(payload, data);
    expect(payload.variables.after).toBe('1.4');
  },
);
