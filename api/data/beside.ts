import { Refusal } from '../errors.ts';

const MOST_TRIES = 1_000;

/**
 * The first of `name`, `name-2`, `name-3` … that is taken, within a length of so many characters.
 * @param take gives whether it was free
 */
export async function nameBeside(
  name: string,
  maxLength: number,
  take: (name: string) => Promise<boolean>,
): Promise<string> {
  const characters = [...name];
  for (let n = 1; n <= MOST_TRIES; n++) {
    const suffix = n === 1 ? '' : `-${n}`;
    const kept = characters.slice(0, maxLength - suffix.length).join('');
    const candidate = suffix ? kept.replace(/[-_.]+$/, '') + suffix : kept;
    if (await take(candidate)) return candidate;
  }
  throw new Refusal('CONFLICT', `There are too many names like ${name}.`);
}
