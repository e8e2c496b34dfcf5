/**
 * All files but those of direct messages: how large, whose and where. The file itself, and what it is called, are told where it was
 * sent and the viewer may read the room: what somebody has not sent is nobody else's to see, wherever it is meant for.
 */
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { type File, Prisma } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import { addressOf } from '../upload/address.ts';
import type { Viewer } from '../viewer.ts';
import { contains, given, type Listing, listRecords, mapPage, type RecordPage } from './listing.ts';
import type { RoomRecord } from './records.ts';
import { readableBy, roomRecord } from './rooms.ts';

type Row = Omit<File, 'hash' | 'idempotencyKey' | 'position' | 'name'> & { name: string | null };
export type FileRecord = Row & { room: RoomRecord; url: string | null };

/** What is left out is not asked for. */
export interface FileFilter {
  /** Part of its name, where that is told. */
  search?: string | null | undefined;
  roomId?: string | null | undefined;
  uploaderId?: string | null | undefined;
  /** How its media type begins, such as `image/`. */
  mediaType?: string | null | undefined;
  isSent?: boolean | null | undefined;
}

export type FileOrder = 'CREATED_AT' | 'SIZE' | 'NAME';

const LISTING: Listing<FileOrder> = {
  select: `file.id, file.uploader_id AS "uploaderId", file.room_id AS "roomId", shown.name,
    file.media_type AS "mediaType", file.size, file.width, file.height, shown.alt,
    file.created_at AS "createdAt", file.message_seq AS "messageSeq"`,
  orders: {
    CREATED_AT: { sql: 'file.created_at', type: 'timestamptz' },
    SIZE: { sql: 'file.size', type: 'int' },
    // Where it is not told it is not in the order either, nor in its cursors.
    NAME: { sql: `coalesce(shown.name, '')`, type: 'text' },
  },
  key: [{ sql: 'file.id', type: 'uuid' }],
};

/** @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; UNAVAILABLE */
export async function listFiles(
  app: App,
  viewer: Viewer,
  { search, roomId, uploaderId, mediaType, isSent }: FileFilter,
  order: Order<FileOrder>,
  page: PageArguments,
): Promise<RecordPage<FileRecord>> {
  const { user } = onServer(viewer, 'administer');
  const found = await listRecords<Row, FileOrder>(app, viewer, LISTING, {
    from: [
      Prisma.sql`file JOIN room ON room.id = file.room_id
      LEFT JOIN LATERAL (SELECT file.name, file.alt) AS shown
        ON file.message_seq IS NOT NULL AND ${readableBy(user.id)}`,
    ],
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      ...contains(search, ['shown.name']),
      ...given(roomId, (id) => Prisma.sql`file.room_id = ${id}::uuid`),
      ...given(uploaderId, (id) => Prisma.sql`file.uploader_id = ${id}::uuid`),
      ...given(
        mediaType,
        (type) => Prisma.sql`starts_with(file.media_type, ${type.replaceAll('\0', '')})`,
      ),
      ...given(isSent, (is) => Prisma.sql`(file.message_seq IS NOT NULL) = ${is}`),
    ],
    ...{ order, page },
  });
  return mapPage(found, async (row) => {
    const room = await roomRecord(app, viewer, row.roomId);
    return room && toRecord(row, room);
  });
}

function toRecord(row: Row, room: RoomRecord): FileRecord {
  const { id, name } = row;
  return { ...row, room, url: name === null ? null : addressOf({ id, name }) };
}
