/** Every emoji that a reaction can be, in the groups and the order of Unicode. Large: loaded when it is first wanted. */
export interface Emoji {
  unicode: string;
  /** Its name, which is also how it is read out. */
  label: string;
  /** Words by which it is found. */
  tags: string;
  /** The same in each skin tone, from light to dark; none where it has no skin. */
  tones: string[];
}

export interface EmojiGroup {
  name: string;
  emoji: Emoji[];
}

/** An emoji in one skin tone, and how it is read out. */
export interface Choice {
  emoji: string;
  label: string;
}

interface Entry {
  label: string;
  unicode: string;
  group?: number;
  order?: number;
  tags?: string[];
  skins?: Entry[];
}

/** By their number in emojibase; what is missing are the parts that emoji are made of. */
const GROUPS: Record<number, string> = {
  0: 'Smileys',
  1: 'People',
  3: 'Nature',
  4: 'Food',
  5: 'Travel',
  6: 'Activities',
  7: 'Objects',
  8: 'Symbols',
  9: 'Flags',
};
const TONES = 5;
const MAX_FOUND = 96;

let loading: Promise<EmojiGroup[]> | undefined;

/** Rejects where the data cannot be fetched; the next call tries again. */
export function loadCatalogue(): Promise<EmojiGroup[]> {
  loading ??= import('emojibase-data/en/compact.json').then(
    ({ default: entries }) => grouped(entries),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

export function grouped(entries: readonly Entry[]): EmojiGroup[] {
  const ordered = [...entries].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  return Object.entries(GROUPS).map(([number, name]) => ({
    name,
    emoji: ordered
      .filter(({ group }) => group === Number(number))
      .map(({ label, unicode, tags = [], skins = [] }) => ({
        unicode: standard(unicode),
        label,
        tags: tags.join(' '),
        // Couples have a tone for each of the two; those with one for both come first.
        tones:
          skins.length >= TONES ? skins.slice(0, TONES).map((skin) => standard(skin.unicode)) : [],
      }))
      .filter(({ unicode }) => isEmoji(unicode)),
  }));
}

/** Whether a browser of today, and so the server, takes it for one emoji. */
export function isEmoji(unicode: string): boolean {
  return /^\p{RGI_Emoji}$/v.test(unicode);
}

/** emojibase adds a selector of its presentation also where Unicode has none. */
function standard(unicode: string): string {
  return isEmoji(unicode) ? unicode : unicode.replaceAll('\u{FE0F}', '');
}

/**
 * The emoji whose name or words have all the beginnings of words that are typed; those whose name begins so first.
 */
export function searchEmoji(groups: readonly EmojiGroup[], query: string): Emoji[] {
  const words = query
    .toLowerCase()
    .split(/[\s_:-]+/)
    .filter(Boolean);
  if (words.length === 0) return [];
  const ranked: [rank: number, emoji: Emoji][] = [];
  for (const { emoji: list } of groups) {
    for (const emoji of list) {
      const label = emoji.label.toLowerCase();
      const inLabel = ` ${label.replace(/[-:,]/g, ' ')}`;
      const inAll = `${inLabel} ${emoji.tags}`;
      if (!words.every((word) => inAll.includes(` ${word}`))) continue;
      const rank = label === words.join(' ') ? 0 : inLabel.includes(` ${words[0]!}`) ? 1 : 2;
      ranked.push([rank, emoji]);
    }
  }
  return ranked
    .sort(([a], [b]) => a - b)
    .slice(0, MAX_FOUND)
    .map(([, emoji]) => emoji);
}

/** @param tone 0 for none, 1 (light) to 5 (dark) */
export function withTone({ unicode, tones }: Emoji, tone: number): string {
  return tones[tone - 1] ?? unicode;
}
