/** Lines of a transcript for tests: `join ann`, `leave ann`, or `ann: text`. */
import type { Line } from './transcript.ts';

const MINUTE_MS = 60_000;

/** @param minutes when each line was said, by default all in the first minute */
export function toLines(sources: string[], minutes: number[] = [], part = 'a'): Line[] {
  return sources.map((source, index) => {
    const [, kind, nick = ''] = /^(join|leave) (\S+)$/.exec(source) ?? [];
    const at = { number: index + 1, source, part, atMs: (minutes[index] ?? 0) * MINUTE_MS };
    if (kind) return { ...at, kind: kind as 'join' | 'leave', nick, text: '' };
    const [author = '', text = ''] = source.split(': ', 2);
    return { ...at, kind: 'message', nick: author, text };
  });
}
