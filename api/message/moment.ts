import { roomFor } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { Room } from '../generated/prisma/client.ts';
import { encodeCursor } from '../live/cursor.ts';

/**
 * The cursor behind which a room's log goes on at that time: `messages(after:)` begins there. The room's
 * clock goes forward with its numbers, so that halving finds it, in some twenty steps of a million.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who do not see what is in the room.
 */
export async function cursorAt(
  app: App,
  viewer: Viewer,
  { id: roomId, lastSeq }: Room,
  time: Date,
): Promise<string> {
  await roomFor(app, viewer, { id: roomId }, 'read');
  const { rows } = await app.db.pool.query<{ seq: number }>({
    name: 'find-moment',
    text: HALVE,
    values: [roomId, lastSeq, time],
  });
  return encodeCursor(app.db.epoch, rows[0]!.seq);
}

/** What `earlier` numbers was logged before the time; what `later` numbers, if anything, was not. */
const HALVE = `
  WITH RECURSIVE halving (earlier, later) AS (
    SELECT 0, $2::int + 1
    UNION ALL
    SELECT CASE WHEN created_at < $3 THEN seq ELSE earlier END,
           CASE WHEN created_at < $3 THEN later ELSE seq END
    FROM halving
    JOIN room_event ON room_id = $1::uuid AND seq = (earlier + later) / 2
    WHERE later - earlier > 1
  )
  SELECT earlier AS seq FROM halving ORDER BY later - earlier LIMIT 1`;
