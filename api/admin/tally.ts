/**
 * How many messages stand, by room and author, without counting them all at every look: what the rooms' logs have had since
 * the last look is added to what was counted then. It is done when somebody wants to know, so sending knows nothing of it. Direct
 * messages are not counted.
 */
import type pg from 'pg';

/** Any number of our own. */
const TALLY_LOCK = 7_275_553;

/** SQLSTATE: a room that is counted was deleted meanwhile; or both wait for each other. Then it is gone the next time. */
const ROOM_GONE = ['23503', '40P01'];

/** Brings `message_tally` up to what the logs have now. */
export async function tallyMessages(pool: pg.Pool): Promise<void> {
  try {
    await tallyOnce(pool);
  } catch (error) {
    if (!ROOM_GONE.includes((error as { code?: string }).code ?? '')) throw error;
    await tallyOnce(pool);
  }
}

async function tallyOnce(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ isBehind: boolean }>({
    name: 'is-tally-behind',
    text: IS_BEHIND,
  });
  if (!rows[0]!.isBehind) return;
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${TALLY_LOCK})`);
    // Begun under the lock: it sees what whoever had it before has counted.
    await client.query({ name: 'tally-messages', text: TALLY });
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (cause: Error) => client.release(cause),
    );
    throw error;
  }
}

const BEHIND = `
  SELECT room.id, coalesce(position.seq, 0) AS first, room.last_seq AS last
  FROM room LEFT JOIN tally_position position ON position.room_id = room.id
  WHERE room.kind = 'ROOM' AND room.last_seq > coalesce(position.seq, 0)`;

const IS_BEHIND = `SELECT EXISTS (${BEHIND}) AS "isBehind"`;

/** As of one snapshot, which sees all events up to the numbers that the rooms' rows tell. */
const TALLY = `
  WITH behind AS MATERIALIZED (${BEHIND}),
  changed AS (
    SELECT message.room_id, message.author_id,
           sum(CASE event.kind WHEN 'MESSAGE_POSTED' THEN 1 ELSE -1 END)::int AS message_count
    FROM behind
    JOIN room_event event ON event.room_id = behind.id AND event.seq > behind.first AND event.seq <= behind.last
    JOIN message ON message.room_id = event.room_id AND message.seq = event.message_seq
    WHERE event.kind IN ('MESSAGE_POSTED', 'MESSAGE_DELETED')
    GROUP BY message.room_id, message.author_id
  ),
  counted AS (
    INSERT INTO message_tally (room_id, author_id, message_count)
    SELECT room_id, author_id, message_count FROM changed
    ON CONFLICT (room_id, author_id)
    DO UPDATE SET message_count = message_tally.message_count + excluded.message_count
  )
  INSERT INTO tally_position (room_id, seq)
  SELECT id, last FROM behind
  ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq`;
