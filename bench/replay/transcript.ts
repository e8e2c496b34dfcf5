/** A transcript of a real room: one JSON object a line, `.jsonl` or `.jsonl.gz`. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { ReplayFailure } from './failure.ts';

export interface Line {
  /** From 1, as editors count. */
  number: number;
  /** As it stands in the file. */
  source: string;
  /** The part of the transcript; there is any time between one and the next. */
  part: string;
  atMs: number;
  kind: 'message' | 'join' | 'leave';
  nick: string;
  /** Empty but for messages. */
  text: string;
}

const common = {
  log: z.string(),
  at: z.string().refine((at) => !Number.isNaN(Date.parse(at)), 'no time'),
  nick: z.string().min(1),
};
const RECORD = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('message'), text: z.string() }),
  z.object({ ...common, kind: z.enum(['join', 'leave']), text: z.string().default('') }),
]);

/**
 * Reads up to the line of the last of `messages` messages, or to the end where that is null.
 * @throws ReplayFailure for a file that cannot be read and for a line that is none, with its number.
 */
export async function readTranscript(path: string, messages: number | null): Promise<Line[]> {
  const lines: Line[] = [];
  let left = messages ?? Number.POSITIVE_INFINITY;
  let number = 0;
  for await (const source of readLines(path)) {
    number++;
    if (source.trim() === '') continue;
    const line = parseLine(path, source, number);
    lines.push(line);
    if (line.kind === 'message' && --left <= 0) break;
  }
  if (lines.length === 0) throw new ReplayFailure(`${path} has no lines to play.`);
  return lines;
}

/** @throws ReplayFailure */
export function parseLine(path: string, source: string, number: number): Line {
  const fail = (what: string) => new ReplayFailure(`${path}, line ${number}: ${what}.`);
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    throw fail('this is no JSON');
  }
  const record = RECORD.safeParse(json);
  if (!record.success) {
    const { path: keys, message } = record.error.issues[0]!;
    throw fail(`${keys.join('.') || 'it'} is not as it should be (${message})`);
  }
  const { log: part, at, kind, nick, text } = record.data;
  return { number, source, part, atMs: Date.parse(at), kind, nick, text };
}

async function* readLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  // A pipeline destroys both ends when either fails or is left before its end.
  const input = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file;
  try {
    // By iterator, readline leaves out the errors of its input.
    const failed = new Promise<never>((_, reject) => input.once('error', reject));
    failed.catch(() => {});
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    const iterator = lines[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done) break;
      yield next.value;
    }
  } catch (error) {
    if (error instanceof ReplayFailure) throw error;
    throw new ReplayFailure(`${path} cannot be read: ${(error as Error).message}.`);
  } finally {
    input.destroy();
    file.destroy();
  }
}
