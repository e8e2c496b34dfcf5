/**
 * What the rows of a room's export may be. They come from somewhere else, and whoever made them may have had anything in mind: so
 * each is of a known form, within the limits of what is typed here, and has nothing that would be more than a room.
 */
import { z } from 'zod';
import { checkDisplayName, checkUsername } from '../account/names.ts';
import { OPERATOR } from '../account/operator.ts';
import { Refusal } from '../errors.ts';
import type { RoomEventKind } from '../generated/prisma/client.ts';
import { countCharacters, requireEmoji, requireText } from '../input.ts';
import type { RoomEvent } from '../live/log.ts';
import { MESSAGE_MAX_LENGTH } from '../message/message.ts';
import { LAST_REPLIERS } from '../message/posting-statement.ts';
import { checkName, checkTopic } from '../room/room.ts';
import { checkDescription, checkIcon, SLOW_MODE_MAX_SECONDS } from '../room/settings.ts';
import { requireSlug } from '../room/slug.ts';
import { ALT_MAX_LENGTH, requireName } from '../upload/file.ts';
import { damaged } from './archive.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_FILES = 50;

const id = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  .refine((value) => value !== OPERATOR.user!.id);
const seq = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const count = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) < Date.now() + DAY_MS, 'is in the future');
const roomRole = z.enum(['OWNER', 'MODERATOR', 'MEMBER']);
const visibility = z.enum(['PUBLIC', 'RESTRICTED', 'PRIVATE']);
const postingPolicy = z.enum(['MEMBERS', 'MODERATORS']);

/** What a check of what people type leaves as it is. */
const typed =
  <T extends string | null>(check: (text: T) => T) =>
  (text: T) => {
    try {
      return check(text) === text;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  };
const text = (check: (text: string) => string) => z.string().refine(typed(check));
const textOrNull = (check: (text: string | null) => string | null) =>
  z.string().nullable().refine(typed(check));
const isText = (value: string) => !value.includes('\0') && value.isWellFormed();

const body = z
  .string()
  .refine((value) => isText(value) && countCharacters(value) <= MESSAGE_MAX_LENGTH);
const emoji = text((value) => requireEmoji(value, { field: 'emoji', noun: 'A reaction' }));
const settings = {
  description: textOrNull(checkDescription),
  icon: textOrNull(checkIcon),
  visibility,
  slowMode: z.int().min(0).max(SLOW_MODE_MAX_SECONDS),
};

type DataOf<Kind extends RoomEventKind> =
  Extract<RoomEvent, { kind: Kind }> extends { data: infer Data } ? Data : null;

/** What events of each kind say; whoever shows a log relies on it. */
const DATA: { [Kind in RoomEventKind]: z.ZodType<DataOf<Kind>> } = {
  MESSAGE_POSTED: z.null(),
  MESSAGE_EDITED: z.null(),
  MESSAGE_DELETED: z.null(),
  MESSAGE_PINNED: z.null(),
  MESSAGE_UNPINNED: z.null(),
  REACTION_ADDED: z.strictObject({ emoji }),
  REACTION_REMOVED: z.strictObject({ emoji }),
  MEMBER_JOINED: z.strictObject({
    memberCount: count,
    timedOutUntil: z.iso.datetime().exactOptional(),
  }),
  MEMBER_LEFT: z.strictObject({ memberCount: count }),
  MEMBER_REMOVED: z.strictObject({ memberCount: count }),
  MEMBER_TIMED_OUT: z.strictObject({ until: z.iso.datetime().nullable() }),
  MEMBER_ROLE_CHANGED: z.strictObject({ role: roomRole, previousRole: roomRole }),
  ROOM_RENAMED: z.strictObject({ name: text(checkName), previousName: text(checkName) }),
  TOPIC_CHANGED: z.strictObject({
    topic: textOrNull(checkTopic),
    previousTopic: textOrNull(checkTopic),
  }),
  ROOM_CHANGED: z.strictObject({
    settings: z.strictObject({
      ...{ description: settings.description, icon: settings.icon, visibility, postingPolicy },
      slowModeSeconds: settings.slowMode,
      archivedAt: z.iso.datetime().nullable(),
    }),
    changed: z.array(
      z.enum([
        ...(['description', 'icon', 'visibility', 'postingPolicy', 'slowModeSeconds'] as const),
        'archivedAt',
      ]),
    ),
  }),
};
const HAVE_SUBJECT: RoomEventKind[] = ['MEMBER_REMOVED', 'MEMBER_TIMED_OUT', 'MEMBER_ROLE_CHANGED'];
const isAboutMessage = (kind: RoomEventKind) => /^(MESSAGE|REACTION)_/.test(kind);

const event = z
  .strictObject({
    room_id: id,
    seq,
    kind: z.enum(Object.keys(DATA) as RoomEventKind[]),
    actor_id: id,
    subject_id: id.nullable(),
    created_at: moment,
    message_seq: seq.nullable(),
    data: z.unknown(),
  })
  .refine(
    ({ kind, data, subject_id: subject, message_seq: messageSeq }) =>
      DATA[kind].safeParse(data).success &&
      HAVE_SUBJECT.includes(kind) === (subject !== null) &&
      isAboutMessage(kind) === (messageSeq !== null),
  );

/** By table, with all columns that a room's export has; a test holds that none is missing. */
export const FORMS = {
  user: z.strictObject({
    id,
    username: text(checkUsername),
    display_name: text(checkDisplayName),
  }),
  room: z.strictObject({
    id,
    slug: text(requireSlug),
    name: text(checkName),
    topic: textOrNull(checkTopic),
    description: settings.description,
    icon: settings.icon,
    visibility,
    created_at: moment,
    last_seq: count,
    member_count: count,
    posting_policy: postingPolicy,
    slow_mode_seconds: settings.slowMode,
    archived_at: moment.nullable(),
    kind: z.literal('ROOM'),
    direct_key: z.null(),
    is_severed: z.literal(false),
  }),
  membership: z.strictObject({ room_id: id, user_id: id, role: roomRole, joined_at: moment }),
  room_event: event,
  message: z.strictObject({
    room_id: id,
    seq,
    author_id: id,
    body,
    created_at: moment,
    edited_at: moment.nullable(),
    deleted_at: moment.nullable(),
    file_count: z.int().min(0).max(MOST_FILES),
    reply_to_seq: seq.nullable(),
    thread_seq: seq.nullable(),
    in_room: z.boolean(),
    reply_count: count,
    last_reply_at: moment.nullable(),
    last_replier_ids: z.array(id).max(LAST_REPLIERS),
    pinned_at: moment.nullable(),
    pinned_by_id: id.nullable(),
    mentioned_ids: z.array(id).max(MESSAGE_MAX_LENGTH),
    mention_scope: z.enum(['HERE', 'ALL']).nullable(),
  }),
  message_revision: z.strictObject({ room_id: id, seq, edit_seq: seq, body, created_at: moment }),
  reaction: z.strictObject({ room_id: id, seq, emoji, user_id: id, created_at: moment }),
  file: z.strictObject({
    id,
    uploader_id: id,
    room_id: id,
    name: text(requireName),
    media_type: z.string().max(200).refine(isText),
    size: count,
    hash: z.string().regex(/^\\x[0-9a-f]{64}$/),
    width: seq.nullable(),
    height: seq.nullable(),
    alt: z
      .string()
      .nullable()
      .refine(
        typed((alt) =>
          alt === null
            ? null
            : requireText(alt, { field: 'alt', noun: 'alt', maxLength: ALT_MAX_LENGTH }),
        ),
      ),
    created_at: moment,
    message_seq: seq,
    position: z
      .int()
      .min(0)
      .max(MOST_FILES - 1),
  }),
} satisfies Record<string, z.ZodType>;

/** The columns of a table of a room's export; none of another table. */
export function columnsOfForm(table: string): string[] {
  return Object.hasOwn(FORMS, table) ? Object.keys(FORMS[table as keyof typeof FORMS].shape) : [];
}

/** What stops a row that is not taken, or gives it as it is taken. */
export function readRow(path: string, roomId: string, table: string, line: string): string {
  const said = parse(line);
  if (table === 'room' && (said as { kind?: unknown } | null)?.kind === 'DIRECT') {
    throw new Refusal(
      'INVALID_INPUT',
      `${path} is of direct messages, which are made by their people only: they cannot be imported.`,
    );
  }
  const read = FORMS[table as keyof typeof FORMS].safeParse(said);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.');
    throw damaged(path, `it has a row of ${table} that no room has${where ? ` (${where})` : ''}`);
  }
  const row = read.data;
  if (!('room_id' in row) || row.room_id === roomId) return JSON.stringify(row);
  throw damaged(path, `it has a row of ${table} of another room`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
