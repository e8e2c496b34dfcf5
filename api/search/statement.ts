/**
 * The statement that finds the newest messages of a search. A word may be in a third of all messages, or
 * in one of a million, and PostgreSQL's index gives its matches in no order. So it is asked twice: the
 * newest messages are walked through, which finds all that is wanted of what is frequent; where that is
 * not enough the word is rare, and the index has few matches to sort.
 */
import type { Person } from '../access.ts';
import { visibleRoomSql } from '../access.ts';
import type { Flag, SearchQuery } from './query.ts';
import type { Scope } from './scope.ts';
import type { WordConditions } from './words.ts';

/** Messages that are walked through. */
export const WALK_SIZE = 8_192;

/** Where a message stands among all of a search: when it was posted, and what tells it from others of then. */
export interface Place {
  at: Date;
  roomId: string;
  seq: number;
}

export interface AgedPlace extends Place {
  /** Among those that were found with it, from 1 for the newest. */
  age: number;
}

export interface Statement {
  text: string;
  values: unknown[];
}

export interface Sought {
  person: Person;
  query: SearchQuery;
  words: WordConditions;
  scope: Scope;
  /** The newest that may be found; null for any. */
  until: Place | null;
  limit: number;
}

/** Gives an `AgedPlace` for each, the best first; the same by either way of finding, if there are enough. */
export function findStatement(sought: Sought, way: 'walk' | 'index'): Statement {
  const values: unknown[] = [];
  const param = (value: unknown) => `$${values.push(value)}`;
  const isOneRoom = sought.scope.roomIds?.length === 1;
  const bounds = boundsOf(sought, isOneRoom, param);
  const matches = matchesOf(sought, param);
  const newestFirst = isOneRoom ? 'm.seq DESC' : 'm.created_at DESC, m.room_id DESC, m.seq DESC';
  const found =
    way === 'walk'
      ? `SELECT * FROM (
           SELECT * FROM message m WHERE ${and(bounds)} ORDER BY ${newestFirst} LIMIT ${WALK_SIZE}
         ) AS m
         WHERE ${and(matches)} ORDER BY ${newestFirst} LIMIT ${param(sought.limit)}`
      : // An order that no index has, lest the planner walk after all.
        `SELECT * FROM message m WHERE ${and([...bounds, ...matches])}
         ORDER BY ${isOneRoom ? 'm.seq + 0 DESC' : `m.created_at + interval '0' DESC, m.room_id DESC, m.seq DESC`}
         LIMIT ${param(sought.limit)}`;
  return {
    text: `
      SELECT m.room_id AS "roomId", m.seq, m.created_at AS at,
             row_number() OVER (ORDER BY ${newestFirst})::int AS age
      FROM (${found}) AS m
      ORDER BY ${[...scoreOf(sought.words, param), newestFirst].join(', ')}`,
    values,
  };
}

type Param = (value: unknown) => string;

/** What lies together in the order that is walked. */
function boundsOf({ query, scope, until }: Sought, isOneRoom: boolean, param: Param): string[] {
  const bounds: string[] = [];
  if (isOneRoom) bounds.push(`m.room_id = ${param(scope.roomIds![0])}::uuid`);
  if (until && isOneRoom) bounds.push(`m.seq <= ${param(until.seq)}`);
  if (until && !isOneRoom) {
    const place = `${param(until.at)}::timestamptz, ${param(until.roomId)}::uuid, ${param(until.seq)}::int`;
    bounds.push(`(m.created_at, m.room_id, m.seq) <= (${place})`);
  }
  if (query.after) bounds.push(`m.created_at >= ${param(query.after)}`);
  if (query.before) bounds.push(`m.created_at < ${param(query.before)}`);
  return bounds;
}

function matchesOf({ person, query, words, scope }: Sought, param: Param): string[] {
  const matches = ['m.deleted_at IS NULL'];
  if (words.broad) matches.push(`m.search @@ ${param(words.broad)}::tsquery`);
  if (scope.authorIds) matches.push(`m.author_id = ANY(${param(scope.authorIds)}::uuid[])`);
  for (const flag of query.flags) matches.push(FLAG_CONDITIONS[flag](person, param));
  if (scope.roomIds) {
    if (scope.roomIds.length > 1) matches.push(`m.room_id = ANY(${param(scope.roomIds)}::uuid[])`);
  } else {
    const visible = visibleRoomSql(`${param(person.user.id)}::uuid`);
    matches.push(`EXISTS (SELECT FROM room WHERE room.id = m.room_id AND ${visible})`);
  }
  return matches;
}

/** By the index where it has something to say of it, and by the text, which has the last word. */
const FLAG_CONDITIONS: Record<Flag, (person: Person, param: Param) => string> = {
  'has:link': () => `m.search @@ '''http'' | ''https'''::tsquery AND m.body ~* '\\mhttps?://\\S'`,
  'is:pinned': () => 'm.pinned_at IS NOT NULL',
  'mentions:me': ({ user }, param) => {
    const name = user.usernameKey.replace(/[.]/g, '\\.');
    const said = `phraseto_tsquery('pg_catalog.simple', search_text(${param(user.usernameKey)}))`;
    return `m.search @@ ${said} AND m.body ~* ${param(`(^|[^\\w])@${name}(?!-|\\w|\\.\\w)`)}`;
  },
};

/**
 * By how close together and how often whole words are said (cover density, Clarke et al. 2000, as
 * `ts_rank_cd` has it), and what is younger before what is older: half of the bonus is lost in thirty
 * days. Where words are but parts of others it is the younger first: ranking by dozens of words takes long.
 */
function scoreOf({ exact }: WordConditions, param: Param): string[] {
  if (!exact) return [];
  const rank = `ts_rank_cd(m.search, ${param(exact)}::tsquery, 1)`;
  const ageSeconds = `extract(epoch FROM max(m.created_at) OVER () - m.created_at)::float8`;
  return [`${rank} * (1 + power(0.5, ${ageSeconds} / (30 * 86400))) DESC`];
}

const and = (conditions: string[]) => conditions.join(' AND ') || 'true';
