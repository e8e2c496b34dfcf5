/**
 * Ends what sessions hold open here that are over: those that have expired, and those whose ending
 * this process was not told of. It asks in one query for all sessions that are listened to, every
 * SESSION_SWEEP_MS, and at once where hints may have been missed.
 */
import type { Db } from '../db.ts';
import type { Bus, Topic } from '../live/bus.ts';
import type { Logger } from '../log.ts';

export const SESSION_SWEEP_MS = 10_000;

/** Returns what ends it. */
export function sweepSessions({ db, bus, log }: { db: Db; bus: Bus; log: Logger }): () => void {
  const sweep = async () => {
    const ids = heldSessions(bus.topics());
    if (ids.length === 0) return;
    try {
      const { rows } = await db.pool.query<{ id: string }>({
        name: 'live-sessions',
        text: 'SELECT id FROM session WHERE id = ANY($1::uuid[]) AND expires_at > now()',
        values: [ids],
      });
      const live = new Set(rows.map(({ id }) => id));
      for (const id of ids) if (!live.has(id)) bus.publish(`session:${id}`, null);
    } catch (error) {
      log.warn({ err: error }, 'The sweep of the sessions failed');
    }
  };
  bus.onGap(() => void sweep());
  const timer = setInterval(() => void sweep(), SESSION_SWEEP_MS).unref();
  return () => clearInterval(timer);
}

const PREFIX = 'session:';

function heldSessions(topics: Iterable<Topic>): string[] {
  const ids: string[] = [];
  for (const topic of topics) {
    if (topic.startsWith(PREFIX)) ids.push(topic.slice(PREFIX.length));
  }
  return ids;
}
