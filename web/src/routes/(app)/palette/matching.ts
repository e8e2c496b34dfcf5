/**
 * How well a name answers to what was typed. Every word that was typed has to begin a word of the name, or be the
 * initials of some; what is only found inside of a word counts least.
 */

/** Lower case, without accents. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/**
 * From 0 to 1, the best of the names; null where none of them matches. Nothing typed matches everything.
 * @param names what somebody may look for, the likeliest first: later ones count a little less
 */
export function match(typed: string, names: readonly string[]): number | null {
  const wanted = plain(typed).trim();
  if (!wanted) return 1;
  const scores = names.flatMap((name, index) => {
    const score = matchOne(wanted, plain(name));
    return score === null ? [] : [score - Math.min(index, 3) * LATER];
  });
  return scores.length > 0 ? Math.max(...scores) : null;
}

const LATER = 0.05;

function matchOne(wanted: string, name: string): number | null {
  if (name === wanted) return 1;
  if (name.startsWith(wanted)) return 0.9;
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const scores = wanted.split(/\s+/).map((part) => matchWord(part, words, name));
  return scores.includes(0) ? null : Math.min(...scores);
}

function matchWord(part: string, words: readonly string[], name: string): number {
  if (words.some((word) => word.startsWith(part)) || name.startsWith(part)) return 0.75;
  // A single letter is found in anything.
  if (part.length < 2) return 0;
  if (initialsOf(words).includes(part)) return 0.6;
  return name.includes(part) ? 0.45 : 0;
}

const initialsOf = (words: readonly string[]) => words.map(([initial]) => initial).join('');
