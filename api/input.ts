/** Checks of what people type, in one voice: each refuses with INVALID_INPUT and names the field. */
import { Refusal } from './errors.ts';

/** Characters as people count them to a computer: Unicode code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether there is nothing to read in a text. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Cf}\p{Cc}\u{115F}\u{1160}\u{3164}\u{FFA0}\u{2800}]/u.test(text);
}

const SEARCH_MAX_LENGTH = 100;

/** What is looked for as a part of names, for conditions by patterns; null for nothing. The rest of a longer one is left out. */
export function searchPattern(typed: string | null | undefined): string | null {
  const text = typed?.replaceAll('\0', '').trim().slice(0, SEARCH_MAX_LENGTH).toWellFormed();
  return text ? text.replace(/[\\%_]/g, '\\$&') : null;
}

export interface TextForm {
  field: string;
  /** In the refusal: "The name …". */
  noun: string;
  maxLength: number;
}

/** A text that has something to read in it, of at most `maxLength` code points, as typed. */
export function requireText(text: string, { field, noun, maxLength }: TextForm): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new Refusal('INVALID_INPUT', `The ${noun} has characters that are no text.`, { field });
  }
  if (isBlank(text)) {
    throw new Refusal('INVALID_INPUT', `The ${noun} is empty.`, { field });
  }
  if (text.length > maxLength && countCharacters(text) > maxLength) {
    throw new Refusal('INVALID_INPUT', `The ${noun} is longer than ${maxLength} characters.`, {
      field,
    });
  }
  return text;
}

/** A text of one line, trimmed and in normal form C, so that what looks the same is the same. */
export function requireLine(text: string, form: TextForm): string {
  if (/[\n\r\u2028\u2029]/.test(text.trim())) {
    throw new Refusal('INVALID_INPUT', `The ${form.noun} has more than one line.`, {
      field: form.field,
    });
  }
  return requireText(text.trim().normalize('NFC'), form);
}

/** One emoji, as Unicode recommends them for general interchange. @param noun begins the refusal: "An icon …" */
export function requireEmoji(
  text: string,
  { field, noun }: { field: string; noun: string },
): string {
  if (/^\p{RGI_Emoji}$/v.test(text)) return text;
  throw new Refusal('INVALID_INPUT', `${noun} is one emoji.`, { field });
}
