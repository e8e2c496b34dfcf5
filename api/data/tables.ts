/**
 * What an export has: a line for each table of the database, in an order in which each refers only to those above. Columns
 * and keys are read from the database, so that a new column needs nothing here; a new table has to be
 * either exported or left out, which a test holds.
 */
import type { ExportKind } from '../generated/prisma/client.ts';
import { isBannedSql } from '../visibility.ts';

/** Which rows of a table belong to the export of a room or a person, of whom `$1` is the id. */
export interface Part {
  where: string;
  /** What of them; all columns where it is not said. */
  columns?: readonly string[];
  /** All but these. */
  without?: readonly string[];
}

export interface Table {
  name: string;
  /** None of it belongs to a room's export where it is not said, and so of a person's. */
  room?: Part;
  person?: Part;
  /** The column by whose ids bytes are kept on disk (`upload/storage.ts`). */
  stored?: string;
}

/** By these, those who wrote try again; they are nobody else's. */
const KEYS = ['idempotency_key'] as const;
const WHO = ['id', 'username', 'display_name'] as const;
const WHERE = ['id', 'slug', 'name'] as const;

/** Whoever is named by what a room has said. */
const HEARD_OF = `id IN (
  SELECT user_id FROM membership WHERE room_id = $1
  UNION SELECT actor_id FROM room_event WHERE room_id = $1
  UNION SELECT subject_id FROM room_event WHERE room_id = $1
  UNION SELECT user_id FROM reaction WHERE room_id = $1
)`;
/** Where a person is, or has been, as far as they may know of it now: others have another name by now, perhaps. */
const BEEN_IN = `(
  id IN (SELECT room_id FROM membership WHERE user_id = $1)
  OR NOT ${isBannedSql('$1')} AND (
    id IN (SELECT room_id FROM room_invitation WHERE user_id = $1)
    OR visibility <> 'PRIVATE' AND id IN (
      SELECT room_id FROM message WHERE author_id = $1
      UNION SELECT room_id FROM reaction WHERE user_id = $1
      UNION SELECT room_id FROM file WHERE uploader_id = $1
      UNION SELECT room_id FROM report WHERE reporter_id = $1
      UNION SELECT room_id FROM join_request WHERE user_id = $1
      UNION SELECT room_id FROM room_invitation WHERE invited_by_id = $1
    )
  )
)`;
/** What somebody wrote, and not what others have done with it since, of which they may not know any more. */
const WRITTEN = [
  ...['room_id', 'seq', 'author_id', 'body', 'created_at', 'edited_at', 'deleted_at', 'file_count'],
  ...['reply_to_seq', 'thread_seq', 'in_room', 'mentioned_ids', 'mention_scope'],
] as const;

export const TABLES: readonly Table[] = [
  {
    name: 'user',
    room: { where: HEARD_OF, columns: WHO },
    person: { where: 'id = $1' },
    stored: 'avatar_id',
  },
  { name: 'server_settings', stored: 'logo_id' },
  { name: 'profile', person: { where: 'user_id = $1' } },
  { name: 'former_username', person: { where: 'user_id = $1' } },
  // Of the blocker's alone: the other one is not told.
  { name: 'user_block', person: { where: 'blocker_id = $1' } },
  { name: 'password' },
  { name: 'password_reset' },
  {
    name: 'session',
    person: {
      where: 'user_id = $1',
      columns: ['id', 'kind', 'created_at', 'last_used_at', 'expires_at', 'user_agent', 'address'],
    },
  },
  {
    name: 'invitation',
    person: {
      where: 'created_by_id = $1',
      columns: ['created_by_id', 'uses_left', 'created_at', 'expires_at'],
    },
  },
  { name: 'room', room: { where: 'id = $1' }, person: { where: BEEN_IN, columns: WHERE } },
  {
    name: 'membership',
    room: { where: 'room_id = $1', columns: ['room_id', 'user_id', 'role', 'joined_at'] },
    person: { where: 'user_id = $1' },
  },
  { name: 'room_invitation', person: { where: 'user_id = $1 OR invited_by_id = $1' } },
  { name: 'join_request', person: { where: 'user_id = $1' } },
  {
    name: 'room_link',
    person: {
      where: 'created_by_id = $1',
      columns: ['id', 'room_id', 'created_by_id', 'created_at', 'max_uses', 'uses', 'expires_at'],
    },
  },
  { name: 'room_ban' },
  { name: 'room_timeout' },
  { name: 'server_ban' },
  { name: 'audit_entry' },
  { name: 'room_event', room: { where: 'room_id = $1' } },
  {
    name: 'message',
    room: { where: 'room_id = $1', without: KEYS },
    person: { where: 'author_id = $1', columns: WRITTEN },
  },
  {
    name: 'message_revision',
    room: { where: 'room_id = $1' },
    person: {
      where: `(room_id, seq) IN (SELECT room_id, seq FROM message WHERE author_id = $1)`,
    },
  },
  { name: 'reaction', room: { where: 'room_id = $1' }, person: { where: 'user_id = $1' } },
  { name: 'thread_follow', person: { where: 'user_id = $1' } },
  { name: 'draft', person: { where: 'user_id = $1' } },
  {
    name: 'file',
    room: { where: 'room_id = $1 AND message_seq IS NOT NULL', without: KEYS },
    person: { where: 'uploader_id = $1' },
    stored: 'id',
  },
  {
    name: 'report',
    person: {
      where: 'reporter_id = $1',
      columns: ['id', 'room_id', 'seq', 'reporter_id', 'reason', 'created_at', 'closed_at'],
    },
  },
];

/** Tables that no export has, and why. */
export const LEFT_OUT: Record<string, string> = {
  server: 'A server that takes an export has a history of its own.',
  message_search: 'It is collected again.',
  search_word: 'It is collected again.',
  search_position: 'It is collected again.',
  message_tally: 'It is counted again.',
  tally_position: 'It is counted again.',
  push_key: 'Another server is to be known to push services by keys of its own.',
  push_subscription: 'Browsers subscribe anew, by the keys of the server that they use.',
  push_notice: 'It belongs to subscriptions to push.',
  push_position: 'It belongs to subscriptions to push.',
  export: 'What was exported is there already.',
  job_runner: 'It is of processes that run.',
  server_sample: 'It is of processes that ran.',
  statistic: 'It is counted again, of what was imported.',
};

/** All ids by which bytes are kept on disk, as a statement with a column `id`. */
export const STORED = TABLES.flatMap(({ name, stored }) =>
  stored ? [`SELECT ${stored} AS id FROM "${name}" WHERE ${stored} IS NOT NULL`] : [],
).join(' UNION ALL ');

/** The tables of a kind of export, each with which rows and what of them. */
export function tablesOf(kind: ExportKind): ExportedTable[] {
  const everything = { where: 'TRUE' };
  return TABLES.flatMap(({ name, room, person, stored = null }) => {
    const part = { SERVER: everything, ROOM: room, PERSON: person }[kind];
    return part ? [{ name, part, stored }] : [];
  });
}

interface ExportedTable {
  name: string;
  part: Part;
  stored: string | null;
}
