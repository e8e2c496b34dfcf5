/** All files but those of direct messages: how large, whose and where, and the file itself where the viewer may read the room. */
import type { App } from '../app.ts';
import { type File, Prisma } from '../generated/prisma/client.ts';
import type { Order, PageArguments } from '../page.ts';
import { addressOf } from '../upload/address.ts';
import type { Viewer } from '../viewer.ts';
import { contains, given, type Listing, listRecords, mapPage, type RecordPage } from './listing.ts';
import type { RoomRecord } from './records.ts';
import { roomRecord } from './rooms.ts';

type Row = Omit<File, 'hash' | 'idempotencyKey' | 'position'>;
export type FileRecord = Row & { room: RoomRecord; url: string | null };

/** What is left out is not asked for. */
export interface FileFilter {
  /** Part of its name. */
  search?: string | null | undefined;
  roomId?: string | null | undefined;
  uploaderId?: string | null | undefined;
  /** How its media type begins, such as `image/`. */
  mediaType?: string | null | undefined;
  isSent?: boolean | null | undefined;
}

export type FileOrder = 'CREATED_AT' | 'SIZE' | 'NAME';

const LISTING: Listing<FileOrder> = {
  select: `file.id, file.uploader_id AS "uploaderId", file.room_id AS "roomId", file.name,
    file.media_type AS "mediaType", file.size, file.width, file.height, file.alt,
    file.created_at AS "createdAt", file.message_seq AS "messageSeq"`,
  orders: {
    CREATED_AT: { sql: 'file.created_at', type: 'timestamptz' },
    SIZE: { sql: 'file.size', type: 'int' },
    NAME: { sql: 'file.name', type: 'text' },
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
  const found = await listRecords<Row, FileOrder>(app, viewer, LISTING, {
    from: [Prisma.sql`file JOIN room ON room.id = file.room_id`],
    where: [
      Prisma.sql`room.kind = 'ROOM'`,
      ...contains(search, ['file.name']),
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

/** What somebody has not sent is nobody else's to see, wherever it is meant for. */
function toRecord(row: Row, room: RoomRecord): FileRecord {
  const isShown = room.isReadable && row.messageSeq !== null;
  return { ...row, room, alt: isShown ? row.alt : null, url: isShown ? addressOf(row) : null };
}
