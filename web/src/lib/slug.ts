const WORD = '[\\p{L}\\p{N}\\p{M}]+';
const SLUG = new RegExp(`^${WORD}(?:[-_]${WORD})*$`, 'u');

/** Whether a room can have this address; the same rule as the server's, so that the page can tell before asking. */
export function isSlug(text: string, maxLength: number): boolean {
  return (
    SLUG.test(text) &&
    text === text.normalize('NFKC').toLowerCase() &&
    [...text].length <= maxLength
  );
}

/** The address that a name suggests: its words, in lower case, between hyphens. May be empty. */
export function slugFrom(name: string, maxLength: number): string {
  const words = name.normalize('NFKC').toLowerCase().match(new RegExp(WORD, 'gu'));
  const slug = [...(words ?? []).join('-')].slice(0, maxLength).join('');
  return slug.replace(/-$/, '');
}
