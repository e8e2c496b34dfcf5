/** What of a message a notification shows. */
import { parseContent } from './content.ts';

const EXCERPT_MAX_LENGTH = 200;
/** As long as what it hides, up to a word. */
const HIDDEN = '▒';
const HIDDEN_MAX_LENGTH = 8;

/** The beginning of what a message says, in one line, without the marks of Markdown and with spoilers hidden. */
export function excerptOf(body: string): string {
  const said = parseContent(body)
    .map(({ spans }) =>
      spans.map(({ text, marks }) => (marks.includes('SPOILER') ? hide(text) : text)).join(''),
    )
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...said];
  if (characters.length <= EXCERPT_MAX_LENGTH) return said;
  return `${characters.slice(0, EXCERPT_MAX_LENGTH - 1).join('')}…`;
}

function hide(text: string): string {
  return HIDDEN.repeat(Math.min([...text].length, HIDDEN_MAX_LENGTH));
}
