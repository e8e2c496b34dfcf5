import { expect, test } from 'vitest';
import { Lookup } from './lookup.svelte.ts';

function counted(answer: (keys: string[]) => Map<string, string> | null, size = 10) {
  const asked: string[][] = [];
  const lookup = new Lookup<string>((keys) => {
    asked.push(keys);
    return Promise.resolve(answer(keys));
  }, size);
  return { asked, lookup };
}
const upper = (keys: string[]) =>
  new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]));

test('what is wanted together is asked for together, each once, and in parts of the size', async () => {
  const { asked, lookup } = counted(upper, 2);
  await Promise.all([lookup.want(['a', 'b']), lookup.want(['b', 'none'])]);
  await lookup.want(['a', 'none']);
  expect(asked).toEqual([['a', 'b'], ['none']]);
  expect(['a', 'none', 'c'].map((key) => lookup.get(key))).toEqual(['A', null, undefined]);
});

test('what could not be asked is asked again, and so is what was forgotten', async () => {
  let reached = false;
  const { asked, lookup } = counted((keys) => (reached ? upper(keys) : null));
  await lookup.want(['a']);
  expect(lookup.get('a')).toBeUndefined();
  reached = true;
  await lookup.want(['a']);
  lookup.forget('a');
  await lookup.want(['a']);
  expect(asked).toEqual([['a'], ['a'], ['a']]);
});
