import { parseContent } from '../../../../../../../text/content.ts';
import { mentionsIn } from '../../../../../../../text/plain.ts';

/** Whether a text calls on everyone in the room, and how. */
export function callOf(text: string): '@all' | '@here' | null {
  if (!/@(?:all|here)/i.test(text)) return null;
  const kinds = mentionsIn(parseContent(text)).map(({ kind }) => kind);
  if (kinds.includes('ALL')) return '@all';
  return kinds.includes('HERE') ? '@here' : null;
}
