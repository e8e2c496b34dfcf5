/**
 * What is unread and who is mentioned, counted once more, from the log and from what was typed: none of the
 * columns and conditions that the server counts by.
 */
import type { TestDatabase } from '../api/test/database.ts';
import { ASIDE } from './acts.ts';

interface Recounted {
  person: string;
  room: string;
  unread: number;
  mentions: number;
}

/** Of each person, in words: `garden: 3 unread, 1 of them mentions`, by the rooms' names. */
export async function recount(database: TestDatabase): Promise<Map<string, string[]>> {
  const lines = new Map<string, string[]>();
  const rows = await database.query<Recounted>(RECOUNT, [ASIDE]);
  for (const { person, ...room } of rows) {
    const own = lines.get(person) ?? [];
    own.push(countsInWords(room));
    lines.set(person, own);
  }
  return lines;
}

export const countsInWords = ({ room, unread, mentions }: Omit<Recounted, 'person'>) =>
  `${room}: ${unread} unread, ${mentions} mentions`;

/**
 * A message is one's own by its key, which begins with the name of whoever sent it; it stands while the log
 * does not say that it was deleted; and it is in the room's history unless its key ends as those do that
 * were said in a thread only, whose unread state is the thread's.
 */
const RECOUNT = `
  WITH standing AS (
    SELECT posted.room_id, posted.seq, message.idempotency_key AS key, message.body
    FROM room_event posted
    JOIN message ON message.room_id = posted.room_id AND message.seq = posted.seq
    WHERE posted.kind = 'MESSAGE_POSTED' AND NOT EXISTS (
      SELECT FROM room_event deleted
      WHERE deleted.room_id = posted.room_id AND deleted.message_seq = posted.seq
        AND deleted.kind = 'MESSAGE_DELETED'
    )
  )
  SELECT person.username AS person, room.name AS room,
    (count(*) FILTER (WHERE standing.key NOT LIKE '% ' || $1))::int AS unread,
    (count(*) FILTER (
      WHERE standing.key NOT LIKE '% ' || $1
        AND standing.body ~ ('(^| )@(all|here|' || person.username || ')( |$)')
    ))::int AS mentions
  FROM membership place
  JOIN "user" person ON person.id = place.user_id
  JOIN room ON room.id = place.room_id
  LEFT JOIN standing ON standing.room_id = place.room_id AND standing.seq > place.read_seq
    AND split_part(standing.key, ' ', 1) <> person.username
  GROUP BY person.username, room.name
  ORDER BY room.name`;
