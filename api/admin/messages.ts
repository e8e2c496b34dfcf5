/**
 * All messages but direct ones. What a message says is told where the viewer may read its room as anybody may, and where somebody
 * has reported it.
 */
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import { type Message, Prisma } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import { parseQuery } from '../search/query.ts';
import { compileWords } from '../search/words.ts';
import type { Viewer } from '../viewer.ts';
import {
  type Column,
  given,
  type Listing,
  listRecords,
  mapPage,
  type RecordPage,
  within,
} from './listing.ts';
import type { RoomRecord } from './records.ts';
import { readableBy, roomRecord } from './rooms.ts';

type Row = Pick<
  Message,
  'roomId' | 'seq' | 'authorId' | 'body' | 'createdAt' | 'editedAt' | 'deletedAt' | 'fileCount'
> & { reportCount: number };
export type MessageRecord = Omit<Row, 'body'> & { room: RoomRecord; body: string | null };

/** What is left out is not asked for. */
export interface MessageFilter {
  /** Words that it has, in rooms that the viewer may read. */
  search?: string | null | undefined;
  roomId?: string | null | undefined;
  authorId?: string | null | undefined;
  since?: Date | null | undefined;
  until?: Date | null | undefined;
  isDeleted?: boolean | null | undefined;
  isReported?: boolean | null | undefined;
}

export type MessageOrder = 'CREATED_AT';

const QUERY_MAX_LENGTH = 500;
const REPORT = `report WHERE report.room_id = message.room_id AND report.seq = message.seq`;

/** @param at what is ordered by: in one room the number of a message says when it was posted */
const listing = (at: Column): Listing<MessageOrder> => ({
  select: `message.room_id AS "roomId", message.seq, message.author_id AS "authorId", message.body,
    message.created_at AS "createdAt", message.edited_at AS "editedAt", message.deleted_at AS "deletedAt",
    message.file_count AS "fileCount", (SELECT count(*)::int FROM ${REPORT}) AS "reportCount"`,
  orders: { CREATED_AT: at },
  key: [
    { sql: 'place.room_id', type: 'uuid' },
    { sql: 'place.seq', type: 'int' },
  ],
});
const ALL = listing({ sql: 'place.created_at', type: 'timestamptz' });
const OF_ROOM = listing({ sql: 'place.seq', type: 'int' });

/**
 * What was said in the last second or so may be missing where no room is asked for.
 * @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE
 */
export async function listAllMessages(
  app: App,
  viewer: Viewer,
  filter: MessageFilter,
  order: Order<MessageOrder>,
  page: PageArguments,
): Promise<RecordPage<MessageRecord>> {
  const { user } = onServer(viewer, 'administer');
  const { roomId, authorId, since, until, isDeleted, isReported } = filter;
  const words = await wordsOf(app, filter);
  const found = await listRecords<Row, MessageOrder>(app, viewer, roomId ? OF_ROOM : ALL, {
    from: inRooms(placesOf(filter, words)),
    ...countedIn(filter, words),
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      ...given(words, (query) => Prisma.sql`place.search @@ ${query}`),
      ...given(words, () => readableBy(user.id)),
      ...given(roomId, (id) => Prisma.sql`place.room_id = ${id}::uuid`),
      ...given(authorId, (id) => Prisma.sql`message.author_id = ${id}::uuid`),
      ...within('place.created_at', { since, until }),
      ...given(isDeleted, (is) => Prisma.sql`(message.deleted_at IS NOT NULL) = ${is}`),
      ...(isReported
        ? [Prisma.sql`(message.room_id, message.seq) IN (SELECT room_id, seq FROM report)`]
        : given(isReported, () => Prisma.raw(`NOT EXISTS (SELECT FROM ${REPORT})`))),
    ],
    ...{ order, page },
  });
  return mapPage(found, async (row) => {
    const room = await roomRecord(app, viewer, row.roomId);
    return room && toRecord(row, room);
  });
}

const inRooms = (tables: Prisma.Sql[]) =>
  tables.map((table) => Prisma.sql`${table} JOIN room ON room.id = message.room_id`);

function toRecord(row: Row, room: RoomRecord): MessageRecord {
  const isShown = room.isReadable || row.reportCount > 0;
  return { ...row, room, body: isShown ? row.body : null };
}

/** The table `message` beside where its rows lie in the order, which is theirs. */
const messages = (condition: string) =>
  Prisma.raw(`message
    JOIN LATERAL (SELECT message.created_at, message.room_id, message.seq) AS place ON ${condition}`);

/** In the order of time there is an index of what searches walk through, so that sending keeps none for this. */
const STANDING = Prisma.raw(`message_search AS place
  JOIN message ON message.room_id = place.room_id AND message.seq = place.seq AND message.deleted_at IS NULL`);
const DELETED = messages('message.deleted_at IS NOT NULL');

function placesOf(
  { roomId, isDeleted, isReported }: MessageFilter,
  words: Prisma.Sql | null,
): Prisma.Sql[] {
  if (words) return [STANDING];
  if (roomId || isReported) return [messages('true')];
  return isDeleted === null || isDeleted === undefined
    ? [STANDING, DELETED]
    : [isDeleted ? DELETED : STANDING];
}

/** Without the order there is no need to go by time, nor for messages themselves where only words are asked for. */
function countedIn(
  { authorId, since, until, isDeleted, isReported }: MessageFilter,
  words: Prisma.Sql | null,
): { countedIn?: Prisma.Sql[] } {
  const isOfSome = authorId || typeof isDeleted === 'boolean' || typeof isReported === 'boolean';
  if (words && !isOfSome) {
    return {
      countedIn: [Prisma.raw('message_search AS place JOIN room ON room.id = place.room_id')],
    };
  }
  return words || since || until || isDeleted ? {} : { countedIn: inRooms([messages('true')]) };
}

/** What is searched for, as searches understand it; null for nothing. @throws Refusal INVALID_INPUT */
async function wordsOf(app: App, { search }: MessageFilter): Promise<Prisma.Sql | null> {
  if (!search?.trim()) return null;
  const text = search.replaceAll('\0', '').toWellFormed().slice(0, QUERY_MAX_LENGTH);
  const { words, from, in: rooms, after, before, flags } = parseQuery(text, 'UTC');
  if (from.length + rooms.length + flags.size > 0 || after || before) {
    const message = 'Here are words searched for only: what else is asked for goes in the filter.';
    throw new Refusal('INVALID_INPUT', message, { field: 'search' });
  }
  const { broad } = await app.searching.read((client) => compileWords(client, words));
  return Prisma.sql`${broad ?? ''}::tsquery`;
}
