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

/** Fills a database that has its tables. @param joins a user who becomes a member of all rooms */
export async function seedPast(database: pg.ClientBase, past: Past, joins: string): Promise<void> {
  await database.query(PEOPLE, [past.people]);
  await database.query(ROOMS, [past.rooms, PRIVATE_EVERY]);
  await database.query(MEMBERS, [joins]);
  const random = seeded(SEED);
  for (let first = 0; first < past.messages; first += BATCH) {
    const count = Math.min(BATCH, past.messages - first);
    const bodies = Array.from({ length: count }, () => sentence(random));
    await database.query(MESSAGES, [bodies, first, past.rooms, past.people, past.messages]);
  }
  await database.query(EVENTS);
  await database.query(HEADS);
  // As the server's own housekeeping does sooner or later.
  await database.query('VACUUM ANALYZE');
}

const PEOPLE = `
  INSERT INTO "user" (id, username, username_key, display_name)
  SELECT gen_random_uuid(), 'past-' || n, 'past-' || n, 'Past ' || n FROM generate_series(0, $1::int - 1) n`;
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
  INSERT INTO message (room_id, seq, author_id, body, idempotency_key, created_at)
  SELECT room.id, n / $3::int + 1, "user".id, body, 'past-' || n,
         now() - ($5::int - n) * interval '${SECONDS_BETWEEN} seconds'
  FROM unnest($1::text[]) WITH ORDINALITY AS said (body, place),
       LATERAL (SELECT $2::int + place::int - 1 AS n) AS number
  JOIN room ON room.slug = 'past-' || n % $3::int
  JOIN "user" ON username_key = 'past-' || (n::bigint * 7919) % $4::int`;
const EVENTS = `
  INSERT INTO room_event (room_id, seq, kind, actor_id, created_at, message_seq)
  SELECT room_id, seq, 'MESSAGE_POSTED', author_id, created_at, seq FROM message
  ON CONFLICT DO NOTHING`;
const HEADS = `
  UPDATE room SET last_seq = newest
  FROM (SELECT room_id, max(seq) AS newest FROM room_event GROUP BY room_id) AS log
  WHERE room.id = log.room_id`;

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
