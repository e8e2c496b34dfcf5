/** Rows as Prisma shapes them, for statements that Prisma does not write. */
import type { Message, Room, User } from './generated/prisma/client.ts';

/** The columns of a table by the names that its rows have in the code. */
type Columns<Row> = Record<keyof Row, string>;

export const USER = {
  id: 'id',
  username: 'username',
  usernameKey: 'username_key',
  displayName: 'display_name',
  role: 'role',
  createdAt: 'created_at',
  avatarId: 'avatar_id',
  deactivatedAt: 'deactivated_at',
  erasedAt: 'erased_at',
} as const satisfies Columns<User>;

export const MESSAGE = {
  roomId: 'room_id',
  seq: 'seq',
  authorId: 'author_id',
  body: 'body',
  idempotencyKey: 'idempotency_key',
  createdAt: 'created_at',
  editedAt: 'edited_at',
  deletedAt: 'deleted_at',
  fileCount: 'file_count',
  replyToSeq: 'reply_to_seq',
  threadSeq: 'thread_seq',
  inRoom: 'in_room',
  replyCount: 'reply_count',
  lastReplyAt: 'last_reply_at',
  lastReplierIds: 'last_replier_ids',
  pinnedAt: 'pinned_at',
  pinnedById: 'pinned_by_id',
  mentionedIds: 'mentioned_ids',
  mentionScope: 'mention_scope',
} as const satisfies Columns<Message>;

export const ROOM = {
  id: 'id',
  slug: 'slug',
  name: 'name',
  topic: 'topic',
  description: 'description',
  icon: 'icon',
  visibility: 'visibility',
  createdAt: 'created_at',
  lastSeq: 'last_seq',
  memberCount: 'member_count',
  postingPolicy: 'posting_policy',
  slowModeSeconds: 'slow_mode_seconds',
  archivedAt: 'archived_at',
  kind: 'kind',
  directKey: 'direct_key',
  isSevered: 'is_severed',
} as const satisfies Columns<Room>;

/** What to SELECT of a table that the statement calls `alias`. */
export function select(alias: string, columns: Record<string, string>): string {
  return Object.entries(columns)
    .map(([name, column]) => `"${alias}".${column} AS "${alias}.${name}"`)
    .join(', ');
}

/** The row of the table that the statement calls `alias`, out of a row of its result. */
export function take<Row>(row: Record<string, unknown>, alias: string, columns: Columns<Row>): Row {
  return Object.fromEntries(
    Object.keys(columns).map((name) => [name, row[`${alias}.${name}`]]),
  ) as Row;
}
