/**
 * A large past, written straight into the database: sending it would take an hour. What is said is
 * of a made-up language whose words are as unevenly frequent as those of real ones (Zipf's law), and
 * the same for the same seed.
 */
import type pg from 'pg';
import { type Random, seeded } from '../../api/test/random.ts';

export interface Past {
  rooms: number;
  messages: number;
  /** Who wrote it; all are members of every public room. */
  people: number;
}

const SEED = 7;
const VOCABULARY = 30_000;
const COMMON = ['the', 'a', 'to', 'i', 'is', 'it', 'you', 'of', 'and', 'in', 'that', 'for', 'on'];
const CONSONANTS = 'bdfghklmnprstvz';
const VOWELS = 'aeiou';
const SHORTEST_WORDS = 3;
const LONGEST_WORDS = 18;
const BATCH = 10_000;
/** Every so many rooms one is private. */
const PRIVATE_EVERY = 5;
const SECONDS_BETWEEN = 60;

/** How messages are found that are rare, middling and common in this past. */
export const RARE_RANK = 20_000;
export const MIDDLING_RANK = 300;

/** One message in so many has a link, a file, a mention of who joins, or is pinned. */
const LINK_EVERY = 40;
const FILE_EVERY = 200;
const MENTION_EVERY = 100;
const PIN_EVERY = 500;

/** Fills a database that has its tables. @param joins a user who becomes a member of all rooms */
export async function seedPast(database: pg.ClientBase, past: Past, joins: string): Promise<void> {
  await database.query(PEOPLE, [past.people, past.messages]);
  await database.query(ROOMS, [past.rooms, PRIVATE_EVERY]);
  await database.query(MEMBERS, [joins]);
  const random = seeded(SEED);
  for (let first = 0; first < past.messages; first += BATCH) {
    const count = Math.min(BATCH, past.messages - first);
    const bodies = Array.from({ length: count }, (_, place) => {
      const link = (first + place) % LINK_EVERY === 0 ? ' https://example.org/past' : '';
      return sentence(random) + link;
    });
    const values = [bodies, first, past.rooms, past.people, past.messages, joins];
    await database.query(MESSAGES, values);
  }
  await database.query(FILES);
  await database.query(EVENTS);
  await database.query(HEADS);
  for (const statement of [COLLECTED, SEARCHED, WORDS]) await database.query(statement);
  // As the server's own housekeeping does sooner or later.
  await database.query('VACUUM ANALYZE');
}

/** Makes a user a member of so many of the rooms, with something unread in each, and everything in a few. */
export async function joinPast(
  database: pg.ClientBase,
  username: string,
  rooms: number,
): Promise<void> {
  await database.query(JOIN, [username, rooms]);
  await database.query('VACUUM ANALYZE membership');
}

const JOIN = `
  INSERT INTO membership (room_id, user_id, read_seq)
  SELECT room.id, "user".id, CASE WHEN n % 20 = 0 THEN 0 ELSE greatest(0, last_seq - n % 20) END
  FROM generate_series(0, $2::int - 1) AS n
  JOIN room ON slug = 'past-' || n
  JOIN "user" ON username_key = $1`;
const PEOPLE = `
  INSERT INTO "user" (id, username, username_key, display_name, created_at)
  SELECT gen_random_uuid(), 'past-' || n, 'past-' || n, 'Past ' || n,
         now() - $2::int * interval '${SECONDS_BETWEEN} seconds'
  FROM generate_series(0, $1::int - 1) n`;
const ROOMS = `
  INSERT INTO room (id, slug, name, visibility)
  SELECT gen_random_uuid(), 'past-' || n, 'Past ' || n,
         CASE WHEN n % $2 = 0 THEN 'PRIVATE' ELSE 'PUBLIC' END::"RoomVisibility"
  FROM generate_series(0, $1::int - 1) n`;
const MEMBERS = `
  INSERT INTO membership (room_id, user_id)
  SELECT room.id, "user".id FROM room, "user"
  WHERE room.slug LIKE 'past-%' AND username_key = $1
  ON CONFLICT DO NOTHING`;
const MESSAGES = `
  INSERT INTO message (
    room_id, seq, author_id, body, idempotency_key, created_at, file_count, mentioned_ids, pinned_at, pinned_by_id
  )
  SELECT room.id, n / $3::int + 1, "user".id, body, 'past-' || n,
         now() - ($5::int - n) * interval '${SECONDS_BETWEEN} seconds',
         CASE WHEN n % ${FILE_EVERY} = 3 THEN 1 ELSE 0 END,
         CASE WHEN n % ${MENTION_EVERY} = 1 THEN ARRAY(SELECT id FROM "user" WHERE username_key = $6)
              ELSE '{}' END,
         CASE WHEN n % ${PIN_EVERY} = 2 THEN now() END,
         CASE WHEN n % ${PIN_EVERY} = 2 THEN "user".id END
  FROM unnest($1::text[]) WITH ORDINALITY AS said (body, place),
       LATERAL (SELECT $2::int + place::int - 1 AS n) AS number
  JOIN room ON room.slug = 'past-' || n % $3::int
  JOIN "user" ON username_key = 'past-' || (n::bigint * 7919) % $4::int`;
/** Half of them are pictures. */
const FILES = `
  INSERT INTO file (
    id, uploader_id, room_id, idempotency_key, name, media_type, size, hash, width, height, message_seq
  )
  SELECT gen_random_uuid(), author_id, room_id, idempotency_key, 'past', 'image/png', 1, '', edge, edge, seq
  FROM message, LATERAL (SELECT CASE WHEN seq % 2 = 0 THEN 1 END AS edge) AS edge
  WHERE file_count > 0`;
const EVENTS = `
  INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
  SELECT room_id, seq, 'MESSAGE_POSTED', author_id, created_at, seq FROM message
  ON CONFLICT DO NOTHING`;
const HEADS = `
  UPDATE room SET last_seq = newest
  FROM (SELECT room_id, max(seq) AS newest FROM room_event GROUP BY room_id) AS log
  WHERE room.id = log.room_id`;
/** What the server would collect sooner or later. */
const COLLECTED = `
  INSERT INTO search_position (room_id, seq) SELECT id, last_seq FROM room
  ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq`;
const SEARCHED = `
  INSERT INTO message_search (created_at, edited_at, room_id, seq, search)
  SELECT created_at, edited_at, room_id, seq, search_document(message) FROM message
  ORDER BY created_at, room_id, seq
  ON CONFLICT DO NOTHING`;
const WORDS = `
  INSERT INTO search_word (word)
  SELECT DISTINCT lexeme FROM message_search, unnest(search)
  WHERE char_length(lexeme) BETWEEN 4 AND 40 AND strpos(lexeme, ':') = 0
  ON CONFLICT DO NOTHING`;

function sentence(random: Random): string {
  const length = SHORTEST_WORDS + random.below(LONGEST_WORDS - SHORTEST_WORDS);
  // The rank by which frequency falls as one over it.
  const rank = () => Math.floor(VOCABULARY ** (random.below(2 ** 31) / 2 ** 31));
  return Array.from({ length }, () => word(rank())).join(' ');
}

/** The word of a rank, from 1 for the most frequent. */
export function word(rank: number): string {
  const common = COMMON[rank - 1];
  if (common) return common;
  let text = '';
  let rest = rank;
  for (const letters of [CONSONANTS, VOWELS, CONSONANTS, VOWELS, CONSONANTS, VOWELS]) {
    if (rest === 0 && letters === CONSONANTS) break;
    text += letters[rest % letters.length];
    rest = Math.floor(rest / letters.length);
  }
  return text;
}
