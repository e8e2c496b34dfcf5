/**
 * What has other ids here than where a room was exported. Its people are those of this server who have their ids, else those who
 * bear their usernames or have borne them; the room and its files may have had to take others. The rows of an archive wait in
 * temporary tables `incoming_…`, those of people, files and the room beside what they are here (`ours`), so that
 * the database translates rows as they come in, and back to compare them.
 */
import type pg from 'pg';
import type { Manifest } from './manifest.ts';
import { quote, type Reading } from './rows.ts';

type Named = 'ROOM' | 'SLUG' | 'PERSON' | 'PEOPLE' | 'USERNAME' | 'DISPLAY_NAME' | 'FILE';

/** What names something in the tables of a room's export; a test holds that no id is missing. */
export const NAMED: Record<string, Record<string, Named>> = {
  user: { id: 'PERSON', username: 'USERNAME', display_name: 'DISPLAY_NAME' },
  room: { id: 'ROOM', slug: 'SLUG' },
  membership: { room_id: 'ROOM', user_id: 'PERSON' },
  room_event: { room_id: 'ROOM', actor_id: 'PERSON', subject_id: 'PERSON' },
  message: {
    ...{ room_id: 'ROOM', author_id: 'PERSON', pinned_by_id: 'PERSON' },
    ...{ last_replier_ids: 'PEOPLE', mentioned_ids: 'PEOPLE' },
  },
  message_revision: { room_id: 'ROOM' },
  reaction: { room_id: 'ROOM', user_id: 'PERSON' },
  file: { id: 'FILE', room_id: 'ROOM', uploader_id: 'PERSON' },
};

export const incoming = (table: string) => `incoming_${table}`;

/** Makes the tables in which rows of an archive wait, up to the end of the transaction. */
export async function openIncoming(
  client: pg.ClientBase,
  tables: readonly Pick<Manifest['tables'][number], 'name' | 'columns'>[],
): Promise<void> {
  for (const { name, columns } of tables) {
    const place = incoming(name);
    await client.query(
      `CREATE TEMPORARY TABLE ${place} ON COMMIT DROP AS
       SELECT ${columns.map(quote).join(', ')} FROM ${quote(name)} WITH NO DATA`,
    );
    if (!['user', 'room', 'file'].includes(name)) continue;
    await client.query(`ALTER TABLE ${place} ADD COLUMN ours uuid UNIQUE, ADD PRIMARY KEY (id)`);
  }
}

/** Says of the incoming people who they are, where they are here. */
export async function recognizePeople(client: pg.ClientBase): Promise<void> {
  await client.query(
    `UPDATE incoming_user SET ours = "user".id FROM "user" WHERE "user".id = incoming_user.id`,
  );
  // Nobody is two of them: where two bear names of one person, the first is that person.
  await client.query(`
    UPDATE incoming_user SET ours = bearer.ours FROM (
      SELECT DISTINCT ON (bearer.id) incoming.id, bearer.id AS ours
      FROM incoming_user incoming
      JOIN (
        SELECT id, username_key, false AS is_former FROM "user"
        UNION ALL SELECT user_id, username_key, true FROM former_username
      ) AS bearer ON bearer.username_key = lower(incoming.username)
      WHERE incoming.ours IS NULL
        AND NOT EXISTS (SELECT FROM incoming_user taken WHERE taken.ours = bearer.id)
      ORDER BY bearer.id, is_former, incoming.id
    ) AS bearer
    WHERE incoming_user.id = bearer.id`);
}

/** The ids of a room. */
export interface RoomIds {
  theirs: string;
  ours: string;
}

/** How the columns of an incoming table are written here. */
export function asOurs(table: string, { ours }: RoomIds): Reading {
  return translate(table, incoming(table), { room: ours, known: 'id', wanted: 'ours' });
}

/** How the columns of a table of a room here are written in the archive. */
export function asTheirs(table: string, { theirs }: RoomIds): Reading {
  return translate(table, quote(table), { room: theirs, known: 'ours', wanted: 'id' });
}

function translate(
  table: string,
  source: string,
  { room, known, wanted }: { room: string; known: string; wanted: string },
): Reading {
  const from = (names: string, what: string, value: string) =>
    `(SELECT named.${what} FROM ${names} named WHERE named.${known} = ${value})`;
  return (column) => {
    const value = `${source}.${quote(column)}`;
    switch (NAMED[table]?.[column]) {
      case 'ROOM':
        return `'${room}'::uuid`;
      case 'SLUG':
        return '(SELECT slug FROM incoming_room)';
      case 'PERSON':
        return from('incoming_user', wanted, value);
      case 'PEOPLE':
        return `ARRAY(
          SELECT named.${wanted} FROM unnest(${value}) WITH ORDINALITY AS one (id, place)
          JOIN incoming_user named ON named.${known} = one.id ORDER BY place)`;
      case 'USERNAME':
      case 'DISPLAY_NAME':
        return from('incoming_user', column, `${source}.id`);
      case 'FILE':
        return from('incoming_file', wanted, value);
      case undefined:
        return value;
    }
  };
}
