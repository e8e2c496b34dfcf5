/** What a list of rooms shows of a room, whoever looks: the room, and what was said last in it. */
import { Batch } from '../batch.ts';
import { MESSAGE, ROOM, select, take, USER } from '../columns.ts';
import type { Db } from '../db.ts';
import type { Message, Room, User } from '../generated/prisma/client.ts';
import type { LoggedMessage } from '../live/log.ts';

export interface RoomGist {
  /** As of the moment at which its log stood at `room.lastSeq`. */
  room: Room;
  /** The newest message of its history that stands; null where there is none. */
  lastMessage: LoggedMessage | null;
}

/** By id; null for what is no room. */
export type RoomGistLookup = Batch<string, RoomGist | null>;

const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 2;

export function createRoomGistLookup({ pool }: Db): RoomGistLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(ids) {
      const { rows } = await pool.query<Record<string, unknown>>({
        name: 'find-room-gists',
        text: FIND,
        values: [[...new Set(ids)]],
      });
      const gists = rows.map(toGist);
      const found = new Map(gists.map((gist) => [gist.room.id, gist]));
      return ids.map((id) => found.get(id) ?? null);
    },
  });
}

const FIND = `
  SELECT ${select('room', ROOM)}, ${select('message', MESSAGE)}, ${select('author', USER)}
  FROM room
  LEFT JOIN LATERAL (
    SELECT * FROM message
    WHERE message.room_id = room.id AND in_room AND deleted_at IS NULL
    ORDER BY seq DESC LIMIT 1
  ) message ON true
  LEFT JOIN "user" author ON author.id = message.author_id
  WHERE room.id = ANY($1::uuid[])`;

function toGist(row: Record<string, unknown>): RoomGist {
  const room = take<Room>(row, 'room', ROOM);
  const message = take<Message>(row, 'message', MESSAGE);
  const author = take<User>(row, 'author', USER);
  return {
    room,
    lastMessage: (message.seq as number | null) === null ? null : { ...message, author },
  };
}
