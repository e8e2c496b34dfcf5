import type { SendKey } from '#lib/state/preferences.svelte.ts';

/** What of a key press and its surroundings decides whether it sends. */
export interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/** Safari ends a composition before its keydown, which then says so only by this code. */
const COMPOSING_KEY_CODE = 229;

/** Whether a key is a composition's, whose candidates it picks. */
export function isComposing(press: Pick<Press, 'isComposing' | 'keyCode'>): boolean {
  return press.isComposing || press.keyCode === COMPOSING_KEY_CODE;
}

/** Whether a key press sends what is written. Never within a composition, where Enter picks a candidate. */
export function sends(press: Press, sendKey: SendKey, touch: boolean): boolean {
  if (press.key !== 'Enter' || isComposing(press)) return false;
  if (press.shiftKey || press.altKey) return false;
  if (press.ctrlKey || press.metaKey) return true;
  return sendKey === 'enter' && !touch;
}

/** Characters as the server counts them: Unicode code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether there is nothing to read in a text; the server refuses such a message. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cf}\p{Cc}\u{115F}\u{1160}\u{3164}\u{FFA0}\u{2800}]/u.test(text);
}

/** Whether a key is pressed by itself. */
export function isPlain(press: Press, key: string): boolean {
  return press.key === key && !press.shiftKey && !press.ctrlKey && !press.metaKey && !press.altKey;
}
