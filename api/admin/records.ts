/**
 * What administration tells of people and rooms beside their rows. Each count is a look-up of its own, so that what nobody selects
 * costs nothing, and all of a page are asked for together. Nothing of direct messages is in any of them.
 */
import { inForce } from '../audit/until.ts';
import { readableRoomSql } from '../visibility.ts';
import { Batch } from '../batch.ts';
import { ROOM, select, take, USER } from '../columns.ts';
import { type Db, unsized } from '../db.ts';
import type { Room, ServerBan, User } from '../generated/prisma/client.ts';
import { tallyMessages } from './tally.ts';

/** A room as administration sees it: without what is said in it, unless they may read it as anybody may. */
export type RoomRecord = Room & { isReadable: boolean };

export interface FileCount {
  fileCount: number;
  fileBytes: number;
}

export interface SessionCount {
  sessionCount: number;
  lastUsedAt: Date | null;
}

/** By their ids. */
type Lookup<Answer> = Batch<string, Answer>;

export interface Records {
  /** Null for what is no room, as are direct messages. */
  rooms: Batch<{ roomId: string; viewerId: string }, RoomRecord | null>;
  ofRooms: {
    messageCount: Lookup<number>;
    files: Lookup<FileCount>;
    lastMessageAt: Lookup<Date | null>;
    owners: Lookup<User[]>;
  };
  ofUsers: {
    messageCount: Lookup<number>;
    roomCount: Lookup<number>;
    files: Lookup<FileCount>;
    sessions: Lookup<SessionCount>;
    ban: Lookup<ServerBan | null>;
    /** The ids of rooms that have no other owner. */
    ownedAlone: Lookup<string[]>;
  };
}

const LOOKUP_SIZE = 1_000;
const LOOKUP_LANES = 1;
const NO_FILES: FileCount = { fileCount: 0, fileBytes: 0 };
const NO_SESSIONS: SessionCount = { sessionCount: 0, lastUsedAt: null };

export function createRecords(db: Db): Records {
  const { pool, prisma } = db;

  /** @param text gives rows with the `id` of what they belong to, out of `asked` */
  function lookUp<Row extends { id: string }, Answer>(
    text: string,
    toAnswer: (rows: Row[]) => Answer,
    prepare?: () => Promise<void>,
  ): Lookup<Answer> {
    const asked = `WITH asked AS (SELECT DISTINCT id FROM unnest(${unsized('$1::uuid[]')}) AS asked (id))`;
    return batch(async (ids) => {
      await prepare?.();
      const { rows } = await pool.query<Row>({ text: `${asked} ${text}`, values: [ids] });
      const found = Map.groupBy(rows, ({ id }) => id);
      return ids.map((id) => toAnswer(found.get(id) ?? []));
    });
  }
  const count = (text: string, prepare?: () => Promise<void>) =>
    lookUp<{ id: string; count: number }, number>(text, ([row]) => row?.count ?? 0, prepare);
  const tally = () => tallyMessages(pool);

  return {
    rooms: batch(async (pairs) => {
      const { rows } = await pool.query<Record<string, unknown> & { place: number }>({
        text: FIND_ROOMS,
        values: [pairs.map(({ roomId }) => roomId), pairs.map(({ viewerId }) => viewerId)],
      });
      const found = pairs.map((): RoomRecord | null => null);
      for (const row of rows) {
        const isReadable = row['is_readable'] === true;
        found[row.place - 1] = { ...take<Room>(row, 'room', ROOM), isReadable };
      }
      return found;
    }),
    ofRooms: {
      messageCount: count(MESSAGES_OF_ROOMS, tally),
      files: lookUp<{ id: string } & FileCount, FileCount>(
        FILES_OF_ROOMS,
        ([row]) => row ?? NO_FILES,
      ),
      lastMessageAt: lookUp<{ id: string; at: Date }, Date | null>(
        LAST_MESSAGES,
        ([row]) => row?.at ?? null,
      ),
      owners: lookUp<{ id: string }, User[]>(OWNERS, (rows) =>
        rows.map((row) => take<User>({ ...row }, 'user', USER)),
      ),
    },
    ofUsers: {
      messageCount: count(MESSAGES_OF_USERS, tally),
      roomCount: count(ROOMS_OF_USERS),
      files: lookUp<{ id: string } & FileCount, FileCount>(
        FILES_OF_USERS,
        ([row]) => row ?? NO_FILES,
      ),
      sessions: lookUp<{ id: string } & SessionCount, SessionCount>(
        SESSIONS_OF_USERS,
        ([row]) => row ?? NO_SESSIONS,
      ),
      ban: batch(async (ids) => {
        const where = { userId: { in: [...new Set(ids)] }, ...inForce() };
        const bans = await prisma.serverBan.findMany({ where });
        const found = new Map(bans.map((ban) => [ban.userId, ban]));
        return ids.map((id) => found.get(id) ?? null);
      }),
      ownedAlone: lookUp<{ id: string; roomId: string }, string[]>(OWNED_ALONE, (rows) =>
        rows.map(({ roomId }) => roomId),
      ),
    },
  };
}

function batch<Question, Answer>(
  ask: (questions: Question[]) => Promise<Answer[]>,
): Batch<Question, Answer> {
  return new Batch({ size: LOOKUP_SIZE, lanes: LOOKUP_LANES, ask });
}

const FIND_ROOMS = `
  SELECT asked.place::int, ${select('room', ROOM)}, ${readableRoomSql('asked.viewer_id')} AS is_readable
  FROM unnest(${unsized('$1::uuid[]')}, ${unsized('$2::uuid[]')})
    WITH ORDINALITY AS asked (room_id, viewer_id, place)
  JOIN room ON room.id = asked.room_id AND room.kind = 'ROOM'`;
const MESSAGES_OF_ROOMS = `
  SELECT room_id AS id, sum(message_count)::int AS count
  FROM asked JOIN message_tally ON room_id = asked.id GROUP BY room_id`;
const MESSAGES_OF_USERS = `
  SELECT author_id AS id, sum(message_count)::int AS count
  FROM asked JOIN message_tally ON author_id = asked.id GROUP BY author_id`;
const FILES = 'count(*)::int AS "fileCount", sum(size)::float8 AS "fileBytes"';
const FILES_OF_ROOMS = `
  SELECT room_id AS id, ${FILES} FROM asked JOIN file ON room_id = asked.id GROUP BY room_id`;
const FILES_OF_USERS = `
  SELECT uploader_id AS id, ${FILES}
  FROM asked JOIN file ON uploader_id = asked.id
  JOIN room ON room.id = room_id AND room.kind = 'ROOM'
  GROUP BY uploader_id`;
/** The newest that stands. */
const LAST_MESSAGES = `
  SELECT asked.id, last.created_at AS at
  FROM asked, LATERAL (
    SELECT created_at FROM message WHERE room_id = asked.id AND deleted_at IS NULL
    ORDER BY seq DESC LIMIT 1
  ) AS last`;
const OWNERS = `
  SELECT asked.id, ${select('user', USER)}
  FROM asked
  JOIN membership ON room_id = asked.id AND membership.role = 'OWNER'
  JOIN "user" ON "user".id = user_id
  ORDER BY joined_at, user_id`;
const ROOMS_OF_USERS = `
  SELECT user_id AS id, count(*)::int AS count
  FROM asked
  JOIN membership ON user_id = asked.id
  JOIN room ON room.id = room_id AND room.kind = 'ROOM'
  GROUP BY user_id`;
const SESSIONS_OF_USERS = `
  SELECT user_id AS id, count(*)::int AS "sessionCount", max(last_used_at) AS "lastUsedAt"
  FROM asked JOIN session ON user_id = asked.id AND expires_at > now() GROUP BY user_id`;
const OWNED_ALONE = `
  SELECT asked.id, own.room_id AS "roomId"
  FROM asked
  JOIN membership own ON own.user_id = asked.id AND own.role = 'OWNER'
  JOIN room ON room.id = own.room_id AND room.kind = 'ROOM'
  WHERE NOT EXISTS (
    SELECT FROM membership other
    WHERE other.room_id = own.room_id AND other.role = 'OWNER' AND other.user_id <> own.user_id
  )
  ORDER BY room.name, room.id`;
