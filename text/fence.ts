/** Code between fences, as people type them: the closing one may also stand at the end of the last line of code. */

const OPENING = /^ {0,3}(`{3,}|~{3,})[ \t]*(.*)$/;
/** One word, such as `js`, `c++` or `objective-c`. */
const LANGUAGE = /^[\w+#.-]{1,32}$/;

/**
 * The code whose opening fence is in a line. Null where there is none, where nothing closes it, and where it has no code.
 * @param open by the fence's character, from which length on fences are known to be left open; grows
 */
export function findFence(
  lines: string[],
  index: number,
  open: Map<string, number>,
): { text: string; language: string | null; end: number } | null {
  const match = OPENING.exec(lines[index]!);
  if (!match) return null;
  const [, fence, info] = match as unknown as [string, string, string];
  const character = fence[0]!;
  // Backticks that close in their own line are code within the text.
  if (character === '`' && info.includes('`')) return null;
  if (fence.length >= (open.get(character) ?? Infinity)) return null;

  const named = LANGUAGE.test(info);
  const code = named || info === '' ? [] : [info];
  for (let end = index + 1; end < lines.length; end++) {
    const line = lines[end]!;
    const closing = trailingRun(line, character);
    const before = line.trimEnd().slice(0, line.trimEnd().length - closing);
    if (closing < fence.length || (character === '~' && before.trim() !== '')) {
      code.push(line);
      continue;
    }
    if (before.trim() !== '') code.push(before);
    const text = code.join('\n');
    if (text.trim() === '') return null;
    return { text, language: named ? info.toLowerCase() : null, end: end + 1 };
  }
  open.set(character, fence.length);
  return null;
}

function trailingRun(line: string, character: string): number {
  const text = line.trimEnd();
  let length = 0;
  while (length < text.length && text[text.length - 1 - length] === character) length++;
  return length;
}
