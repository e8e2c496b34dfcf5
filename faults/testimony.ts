/** What the server itself says at the end, against which the checker holds the others. */
import type { TestDatabase } from '../api/test/database.ts';
import { readBackwards, readForwards } from '../api/test/said.ts';
import { check, type Log, type Verdict } from './checker.ts';
import { asOwner, settle } from './readers.ts';
import type { Stage } from './stage.ts';
import type { Writing } from './writers.ts';

/**
 * Waits for writers and readers to come to the end, and compares them with what the server has.
 * @param url of a server that serves
 */
export async function judge(
  { database, servers, room, readers }: Stage,
  writing: Pick<Writing, 'acknowledged' | 'refusals' | 'finish'>,
  url = servers.urls[0]!,
): Promise<Verdict> {
  await writing.finish();
  const owner = asOwner(room, url);
  const said = await readForwards(owner);
  const dead = await settle(readers, said.at(-1)!.seq);
  const verdict = check({
    said,
    backwards: await readBackwards(owner),
    log: await readLog(database.query),
    acknowledged: writing.acknowledged,
    readers,
  });
  return { ...verdict, violations: [...dead, ...count(writing.refusals), ...verdict.violations] };
}

/** Refusals, those for the same reason together. */
function count(refusals: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const refusal of refusals) {
    const why = refusal.replace(REFERENCE, '…');
    times.set(why, (times.get(why) ?? 0) + 1);
  }
  return [...times].map(([why, count]) => `${count} sends were refused: ${why}`);
}

/** What the server's log knows an error by. */
const REFERENCE = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The log of the only room there is. */
export async function readLog(query: TestDatabase['query']): Promise<Log> {
  const [room] = await query<{ last_seq: number }>('SELECT last_seq FROM room');
  const events = await query<{ seq: number; idempotency_key: string | null }>(
    `SELECT e.seq, m.idempotency_key
     FROM room_event e FULL JOIN message m ON m.room_id = e.room_id AND m.seq = e.message_seq
     ORDER BY e.seq`,
  );
  return {
    lastSeq: room!.last_seq,
    numbers: events.map(({ seq }) => seq),
    messages: events.flatMap(({ seq, idempotency_key: idempotencyKey }) =>
      idempotencyKey === null ? [] : [{ seq, idempotencyKey }],
    ),
  };
}
