const HUES = 12;

/** One of twelve hues, the same for the same name on every screen (FNV-1a over its code points). */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  }
  // The low bits of FNV alone repeat for similar names.
  hash ^= hash >>> 15;
  return (hash >>> 0) % HUES;
}

/**
 * The first letter or digit in upper case, or the first sign where there is neither; an emoji or a combined character
 * stays whole.
 */
export function initialOf(name: string): string {
  const signs = [...new Intl.Segmenter().segment(name.trim())].map(({ segment }) => segment);
  const sign = signs.find((candidate) => /[\p{L}\p{N}]/u.test(candidate)) ?? signs[0] ?? '?';
  return sign.toLocaleUpperCase();
}
