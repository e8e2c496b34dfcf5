/** What the composer's keys and buttons do to its text, as replacements of one range. */

/** The text of the field, and what of it is selected. */
export interface Writing {
  text: string;
  start: number;
  end: number;
}

export interface Edit {
  /** The range that is replaced. */
  from: number;
  to: number;
  insert: string;
  /** What is selected afterwards. */
  start: number;
  end: number;
}

export type Format =
  'bold' | 'italic' | 'strike' | 'code' | 'link' | 'bullets' | 'numbers' | 'quote';

export function formatted(writing: Writing, format: Format): Edit {
  switch (format) {
    case 'bold':
      return wrapped(writing, '**');
    case 'italic':
      return wrapped(writing, '_');
    case 'strike':
      return wrapped(writing, '~~');
    case 'code':
      return selected(writing).includes('\n') ? fenced(writing) : wrapped(writing, '`');
    case 'link':
      return linked(writing, '');
    case 'bullets':
      return prefixed(writing, () => '- ');
    case 'numbers':
      return prefixed(writing, (index) => `${index + 1}. `);
    case 'quote':
      return prefixed(writing, () => '> ');
  }
}

/** Something in place of the selection; the caret goes on behind it. */
export function inserted({ start, end }: Writing, insert: string): Edit {
  const caret = start + insert.length;
  return { from: start, to: end, insert, start: caret, end: caret };
}

/** Signs around the selection, or away from around it. Spaces at its ends stay outside, or the signs would mean nothing. */
function wrapped(writing: Writing, sign: string): Edit {
  const { text } = writing;
  const body = selected(writing);
  const inner = body.trim();
  const start = writing.start + (inner ? body.indexOf(inner) : 0);
  const end = start + inner.length;
  const before = start - sign.length;
  if (text.slice(before, start) === sign && text.slice(end, end + sign.length) === sign) {
    const to = end + sign.length;
    return { from: before, to, insert: inner, start: before, end: before + inner.length };
  }
  const shifted = start + sign.length;
  const insert = sign + inner + sign;
  return { from: start, to: end, insert, start: shifted, end: shifted + inner.length };
}

function fenced(writing: Writing): Edit {
  const { text, start, end } = writing;
  const lead = start === 0 || text[start - 1] === '\n' ? '' : '\n';
  const tail = end === text.length || text[end] === '\n' ? '' : '\n';
  const body = selected(writing);
  const inner = start + lead.length + 4;
  const insert = `${lead}\`\`\`\n${body}\n\`\`\`${tail}`;
  return { from: start, to: end, insert, start: inner, end: inner + body.length };
}

/** The selection as a link; the caret waits where what is missing goes. */
export function linked(writing: Writing, url: string): Edit {
  const { start: from, end: to } = writing;
  const label = selected(writing);
  const address = /[()]/.test(url) ? `<${url}>` : url;
  const insert = `[${label}](${address})`;
  const caret = !label ? from + 1 : url ? from + insert.length : from + insert.length - 1;
  return { from, to, insert, start: caret, end: caret };
}

/** The selected lines with signs before them, or, where all have them, without. */
function prefixed({ text, start, end }: Writing, signOf: (index: number) => string): Edit {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next === -1 ? text.length : next;
  const lines = text.slice(from, to).split('\n');
  const signed = lines.every((line, index) => line.startsWith(signOf(index)));
  const changed = lines.map((line, index) =>
    signed ? line.slice(signOf(index).length) : signOf(index) + line,
  );
  const insert = changed.join('\n');
  return { from, to, insert, start: from + insert.length, end: from + insert.length };
}

/** What pasting does: an address on a selection makes it a link, and null leaves it to the browser. */
export function pasted(writing: Writing, clipboard: string): Edit | null {
  const url = clipboard.trim();
  const label = selected(writing);
  if (!/^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(url) || !URL.canParse(url)) return null;
  if (label.trim() === '' || /[[\]\n]/.test(label) || URL.canParse(label.trim())) return null;
  return linked(writing, url);
}

const selected = ({ text, start, end }: Writing) => text.slice(start, end);
