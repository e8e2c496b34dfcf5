/**
 * The statements that find the newest messages of a search. A word may be in a third of all messages, or
 * in one of a million, and PostgreSQL's index gives its matches in no order. So there are two ways: to walk through
 * the newest messages, which finds all that is wanted of what is frequent, and to ask the index for the matches since some
 * time, or for all.
 */
import type { Person } from '../viewer.ts';
import { readableRoomSql } from '../visibility.ts';
import type { Documents } from './marks.ts';
import type { SearchQuery } from './query.ts';
import type { Scope } from './scope.ts';

/** Where a message stands among all of a search: when it was posted, and what tells it from others of then. */
export interface Place {
  at: Date;
  roomId: string;
  seq: number;
}

export interface FoundPlace extends Place {
  /** Among those that were found with it, from 1 for the newest. */
  age: number;
  /** As of the text that was found. */
  editedAt: Date | null;
}

export interface Statement {
  text: string;
  values: unknown[];
}

export interface Sought {
  person: Person;
  query: SearchQuery;
  scope: Scope;
  documents: Documents;
  /** By what it is ranked, as `tsquery`; null where the newest is the best. */
  ranking: string | null;
  /** The newest that may be found; null for any. */
  until: Place | null;
  limit: number;
}

/** How far a walk has come: of one room the numbers of messages, else milliseconds since 1970. */
export interface Walk {
  /** How many messages it has passed: fewer than it might where it came to the last one. */
  passed: number;
  newest: number | null;
  oldest: number | null;
}

/**
 * Gives one row that is a `Walk` at least, and with it a `FoundPlace` or nulls; the best first.
 * @param size how many messages it passes at most
 */
export function walkStatement(sought: Sought, size: number): Statement {
  const { values, param } = parameters();
  const isOneRoom = isOfOneRoom(sought);
  const reached = isOneRoom ? 'seq' : '(extract(epoch FROM created_at) * 1000)';
  const found = `
    SELECT * FROM walked AS s WHERE ${and(matchesOf(sought, param))}
    ORDER BY ${newestFirst(isOneRoom)} LIMIT ${param(sought.limit)}`;
  return {
    text: `
      WITH walked AS MATERIALIZED (
        SELECT * FROM message_search s WHERE ${and(boundsOf(sought, null, param))}
        ORDER BY ${newestFirst(isOneRoom)} LIMIT ${param(size)}
      )
      SELECT walk.*, place.* FROM (
        SELECT count(*)::int AS passed, max(${reached})::float8 AS newest, min(${reached})::float8 AS oldest
        FROM walked
      ) AS walk
      LEFT JOIN (${ranked(sought, found, param)}) AS place ON true
      ORDER BY place.nth`,
    values,
  };
}

/** The same without the walk: it ends where there are enough. */
export function longWalkStatement(sought: Sought, size: number): Statement {
  const { values, param } = parameters();
  const newest = newestFirst(isOfOneRoom(sought));
  const bounds = and(boundsOf(sought, null, param));
  const found = `
    SELECT * FROM (
      SELECT * FROM message_search s WHERE ${bounds} ORDER BY ${newest} LIMIT ${param(size)}
    ) AS s
    WHERE ${and(matchesOf(sought, param))} ORDER BY ${newest} LIMIT ${param(sought.limit)}`;
  return { text: `${ranked(sought, found, param)} ORDER BY nth`, values };
}

/**
 * Gives a `FoundPlace` for each, the best first.
 * @param since how far back it looks, in the units of a `Walk`; null for all the way
 */
export function indexStatement(sought: Sought, since: number | null): Statement {
  const { values, param } = parameters();
  const isOneRoom = isOfOneRoom(sought);
  const conditions = [...boundsOf(sought, since, param), ...matchesOf(sought, param)];
  const { rooms } = sought.documents;
  if (rooms) conditions.push(`s.search @@ ${param(rooms)}::tsquery`);
  // An order that no index has, lest the planner walk after all.
  const newest = isOneRoom
    ? 's.seq + 0 DESC'
    : `s.created_at + interval '0' DESC, s.room_id DESC, s.seq DESC`;
  const found = `
    SELECT * FROM message_search s WHERE ${and(conditions)}
    ORDER BY ${newest} LIMIT ${param(sought.limit)}`;
  return { text: `${ranked(sought, found, param)} ORDER BY nth`, values };
}

type Param = (value: unknown) => string;

function parameters(): { values: unknown[]; param: Param } {
  const values: unknown[] = [];
  return { values, param: (value) => `$${values.push(value)}` };
}

const isOfOneRoom = ({ scope }: Sought) => scope.roomIds?.length === 1;

const newestFirst = (isOneRoom: boolean) =>
  isOneRoom ? 's.seq DESC' : 's.created_at DESC, s.room_id DESC, s.seq DESC';

/** What lies together in the order that is walked. */
function boundsOf({ query, scope, until }: Sought, since: number | null, param: Param): string[] {
  const bounds: string[] = [];
  const isOneRoom = scope.roomIds?.length === 1;
  if (isOneRoom) bounds.push(`s.room_id = ${param(scope.roomIds![0])}::uuid`);
  if (until && isOneRoom) bounds.push(`s.seq <= ${param(until.seq)}`);
  if (until && !isOneRoom) {
    const place = `${param(until.at)}::timestamptz, ${param(until.roomId)}::uuid, ${param(until.seq)}::int`;
    bounds.push(`(s.created_at, s.room_id, s.seq) <= (${place})`);
  }
  if (since !== null && isOneRoom) bounds.push(`s.seq >= ${param(since)}::int`);
  if (since !== null && !isOneRoom) bounds.push(`s.created_at >= ${param(new Date(since))}`);
  if (query.after) bounds.push(`s.created_at >= ${param(query.after)}`);
  if (query.before) bounds.push(`s.created_at < ${param(query.before)}`);
  return bounds;
}

function matchesOf({ person, query, scope, documents }: Sought, param: Param): string[] {
  const matches: string[] = [];
  const viewer = () => `${param(person.user.id)}::uuid`;
  if (documents.said) matches.push(`s.search @@ ${param(documents.said)}::tsquery`);
  // Who mentions all mentions members.
  if (query.flags.has('mentions:me')) {
    matches.push(`(s.search @@ ${param(`'mentions:${person.user.id}'`)}::tsquery OR EXISTS (
      SELECT FROM membership WHERE membership.room_id = s.room_id AND user_id = ${viewer()}
    ))`);
  }
  if (scope.roomIds) {
    if (scope.roomIds.length > 1) matches.push(`s.room_id = ANY(${param(scope.roomIds)}::uuid[])`);
  } else {
    const visible = readableRoomSql(viewer());
    matches.push(`EXISTS (SELECT FROM room WHERE room.id = s.room_id AND ${visible})`);
  }
  return matches;
}

/** Of places that were found, each with its number from the best on. */
function ranked({ scope, ranking }: Sought, found: string, param: Param): string {
  const newest = newestFirst(scope.roomIds?.length === 1);
  const best = [...(ranking ? [`${scoreOf(ranking, param)} DESC`] : []), newest].join(', ');
  return `
    SELECT s.room_id AS "roomId", s.seq, s.created_at AS at, s.edited_at AS "editedAt",
           row_number() OVER (ORDER BY ${newest})::int AS age, row_number() OVER (ORDER BY ${best}) AS nth
    FROM (SELECT *, max(created_at) OVER () AS latest FROM (${found}) AS found) AS s`;
}

/**
 * By how close together and how often whole words are said (cover density, Clarke et al. 2000, as
 * `ts_rank_cd` has it), and what is younger before what is older: half of the bonus is lost in thirty
 * days. Where words are but parts of others it is the younger first: ranking by dozens of words takes long.
 */
function scoreOf(ranking: string, param: Param): string {
  const ageSeconds = 'extract(epoch FROM s.latest - s.created_at)::float8';
  return `ts_rank_cd(s.search, ${param(ranking)}::tsquery, 1) * (1 + power(0.5, ${ageSeconds} / (30 * 86400)))`;
}

const and = (conditions: string[]) => conditions.join(' AND ') || 'true';
