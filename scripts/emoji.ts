/**
 * Writes `text/emoji/shortcodes.ts`: the short names of emoji that GitHub and Slack have taught people, from emojibase.
 * `npm run emoji`, after emojibase-data has changed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

type Shortcodes = Record<string, string | string[]>;
interface Emoji {
  hexcode: string;
  unicode: string;
}

const PATH = 'text/emoji/shortcodes.ts';
const root = join(import.meta.dirname, '..');
const data = createRequire(import.meta.url).resolve('emojibase-data/package.json');

const read = async <T>(path: string): Promise<T> =>
  JSON.parse(await readFile(join(data, '..', 'en', path), 'utf8')) as T;

/** Where both have a name, GitHub's is taken. */
const SETS = ['shortcodes/github.json', 'shortcodes/iamcal.json'];

/** As keyboards give it: emojibase adds a selector of its presentation also where there is only one. */
function typed({ hexcode, unicode }: Emoji): Emoji {
  const isStandard = /^\p{RGI_Emoji}$/v.test(unicode);
  return { hexcode, unicode: isStandard ? unicode : unicode.replaceAll('\uFE0F', '') };
}

/** The file, and how it reads by the emoji data that is installed. */
export async function emojiShortcodes(): Promise<{ path: string; content: string }> {
  const emoji = (await read<Emoji[]>('compact.json')).map(typed);
  const names = new Map<string, string[]>(emoji.map(({ unicode }) => [unicode, []]));
  const taken = new Set<string>();
  for (const set of SETS) {
    const shortcodes = await read<Shortcodes>(set);
    for (const { hexcode, unicode } of emoji) {
      for (const name of [shortcodes[hexcode] ?? []].flat()) {
        if (!taken.has(name)) names.get(unicode)!.push(name);
        taken.add(name);
      }
    }
  }
  const lines = [...names].filter(([, list]) => list.length > 0);
  const text = lines.map(([unicode, list]) => `${unicode} ${list.join(' ')}`).join('\n');
  const source = `/** Made by \`npm run emoji\`: in each line an emoji and its short names. */\nexport const SHORTCODES = \`${text}\`;\n`;
  const style = await resolveConfig(join(root, PATH));
  return { path: PATH, content: await format(source, { ...style, parser: 'typescript' }) };
}

if (import.meta.main) {
  const { path, content } = await emojiShortcodes();
  await writeFile(join(root, path), content);
}
