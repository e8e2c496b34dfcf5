import { SHORTCODES } from './shortcodes.ts';

let characters: Map<string, string> | undefined;

/** The emoji of a short name, such as `tada`, in any case. */
export function emojiOf(shortcode: string): string | null {
  characters ??= new Map(
    shortcodes().flatMap(({ emoji, names }) => names.map((name) => [name, emoji] as const)),
  );
  return characters.get(shortcode.toLowerCase()) ?? null;
}

/** Every emoji that has short names, in the order of Unicode's groups. */
export function shortcodes(): { emoji: string; names: string[] }[] {
  return SHORTCODES.split('\n').map((line) => {
    const [emoji, ...names] = line.split(' ') as [string, ...string[]];
    return { emoji, names };
  });
}
