import data from 'emojibase-data/en/compact.json';

/** English words for each emoji: how it is called, and what people look for when they mean it. */
export function describedEmoji(): Map<string, string[]> {
  return new Map(
    data.map(({ unicode, label, tags = [] }) => [
      plain(unicode),
      [...label.toLowerCase().split(' '), ...tags],
    ]),
  );
}

/** An emoji without the selectors of its presentation, which not everybody writes. */
export const plain = (emoji: string) => emoji.replaceAll('\uFE0F', '');
