/** What may be asked of a message's content as a whole. */
import type { Block, Mention } from './content.ts';

/** As many emoji as a message may have to be shown large. */
const LARGE_MAX = 10;

/** The text without its marks, for where there is no room for any, such as a notification. */
export function plainText(content: Block[]): string {
  return content.map(({ spans }) => spans.map(({ text }) => text).join('')).join('\n');
}

/** Who and which rooms are named, each mention once for each time. */
export function mentionsIn(content: Block[]): Mention[] {
  return content.flatMap(({ spans }) => spans.flatMap(({ mention }) => mention ?? []));
}

/** Whether a message is a few emoji and nothing else. */
export function isEmojiOnly(content: Block[]): boolean {
  const [block, another] = content;
  if (!block || another || block.kind !== 'PARAGRAPH' || block.within.length > 0) return false;
  if (block.spans.length !== 1 || block.spans[0]!.marks.length > 0) return false;
  const text = block.spans[0]!.text.replace(/\s+/g, '');
  return text.length <= LARGE_MAX * 16 && ONLY_EMOJI.test(text);
}

const ONLY_EMOJI = new RegExp(`^(?:\\p{RGI_Emoji}){1,${LARGE_MAX}}$`, 'v');
