/** The statement that writes a group of messages: twelve columns of them, $1 to $12, in the order of `posting.ts`. */
import { IS_PACED_SQL, MAY_POST_SQL } from '../access.ts';
import { unsized } from '../db.ts';
import { FOLLOWING } from './thread-follow.ts';

/** How many of those who replied a thread's first message names. */
export const LAST_REPLIERS = 3;

/**
 * Takes the rooms' next numbers, appends events and messages, counts replies and has people follow their threads, gives the messages their
 * files, and takes the drafts away from which they were sent. The memberships' locks keep a removal from
 * coming between check and number, those of the files another message; all are locked in order, so that
 * the groups of two processes do not wait for each other. Worded so that the planner, which may have seen these tables empty, looks
 * up by key whatever it knows: no NOT EXISTS, which it might turn into a scan of all messages.
 */
const insertion = ({ withReplies }: { withReplies: boolean }) => `
  WITH input AS (
    SELECT * FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::uuid[]')}, ${unsized('$3::text[]')})
      WITH ORDINALITY AS input (room_id, author_id, key, place)
  ), author AS MATERIALIZED (
    SELECT pair.*, is_paced FROM
      (SELECT DISTINCT room_id, author_id FROM input ORDER BY room_id, author_id) pair,
      LATERAL (
        SELECT ${IS_PACED_SQL} AS is_paced
        FROM membership JOIN room ON room.id = membership.room_id
        WHERE membership.room_id = pair.room_id AND membership.user_id = pair.author_id
          AND ${MAY_POST_SQL}
        FOR KEY SHARE OF membership
      ) member
  ), claimed AS MATERIALIZED (
    SELECT place, id, nth FROM
      (
        SELECT input.place, room_id, author_id, wanted.id, nth
        FROM input, unnest(($10::text[])[place]::uuid[]) WITH ORDINALITY AS wanted (id, nth)
        ORDER BY id
      ) wanted,
      LATERAL (
        SELECT FROM file
        WHERE file.id = wanted.id AND uploader_id = author_id AND file.room_id = wanted.room_id
          AND message_seq IS NULL
        FOR UPDATE
      ) file
  ), grouped AS MATERIALIZED (
    SELECT room_id, array_agg(place ORDER BY place) AS places FROM input
    WHERE (room_id, author_id, true) IN (
        SELECT room_id, author_id, ($12::boolean[])[place] OR NOT is_paced FROM author
      )
      AND (
        SELECT seq FROM message WHERE message.author_id = input.author_id AND idempotency_key = key
      ) IS NULL
      AND (SELECT count(*) FROM claimed WHERE claimed.place = input.place) = ($11::int[])[place]
    GROUP BY room_id ORDER BY room_id
  ), numbered AS (
    UPDATE room SET last_seq = last_seq + cardinality(places) FROM grouped
    WHERE id = room_id AND archived_at IS NULL AND NOT is_severed
    RETURNING room_id, places, last_seq - cardinality(places) AS base,
              clock_timestamp()::timestamptz(3) AS at
  ), post AS (
    SELECT room_id, place, base + nth::int AS seq, ($2::uuid[])[place] AS author_id, at
    FROM numbered, unnest(places) WITH ORDINALITY AS places (place, nth)
  ), event AS (
    INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
    SELECT room_id, seq, 'MESSAGE_POSTED', author_id, at, seq FROM post
  ), said AS (
    INSERT INTO message (
      room_id, seq, author_id, body, idempotency_key, created_at, reply_to_seq, thread_seq, in_room,
      mentioned_ids, mention_scope, file_count
    )
    SELECT room_id, seq, author_id, ($4::text[])[place], ($3::text[])[place], at,
           ($5::int[])[place], ($6::int[])[place], ($7::boolean[])[place],
           (($8::text[])[place])::uuid[], ($9::"MentionScope"[])[place], ($11::int[])[place]
    FROM post
  ), sent_draft AS (
    DELETE FROM draft USING post
    WHERE draft.user_id = post.author_id AND draft.room_id = post.room_id
      AND draft.thread_seq = coalesce(($6::int[])[post.place], 0)
    RETURNING draft.user_id
  ), file AS (
    UPDATE file SET message_seq = post.seq, position = claimed.nth - 1
    FROM claimed JOIN post USING (place)
    WHERE file.id = claimed.id
  )${withReplies ? REPLIES : ''}
  SELECT place::int, seq, at, author_id IN (SELECT user_id FROM sent_draft) AS had_draft
  FROM post ORDER BY room_id, seq`;

/** What replies in threads change there; a group without any need not look. */
const REPLIES = `, reply AS MATERIALIZED (
    SELECT room_id, seq, author_id, at, ($6::int[])[place] AS thread_seq,
           (($8::text[])[place])::uuid[] AS mentioned_ids
    FROM post WHERE ($6::int[])[place] IS NOT NULL
  ), replies AS (
    SELECT room_id, thread_seq, count(*)::int AS count, max(at) AS at,
           array_agg(author_id ORDER BY seq DESC) AS author_ids
    FROM reply
    GROUP BY room_id, thread_seq
  ), root AS (
    UPDATE message
    SET reply_count = reply_count + replies.count, last_reply_at = replies.at,
        last_replier_ids = ARRAY(
          SELECT id FROM unnest(author_ids || last_replier_ids) WITH ORDINALITY AS replier (id, nth)
          GROUP BY id ORDER BY min(nth) LIMIT ${LAST_REPLIERS}
        )
    FROM replies
    WHERE message.room_id = replies.room_id AND message.seq = replies.thread_seq
  ), ${FOLLOWING}`;

export const POST = { name: 'post-messages', text: insertion({ withReplies: false }) };
export const POST_REPLIES = { name: 'post-replies', text: insertion({ withReplies: true }) };
