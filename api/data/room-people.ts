/** What becomes of the people of a room that is imported. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { ERASE_ATTEMPTS } from '../account/deletion.ts';
import { ACCOUNTS_LOCK } from '../account/names.ts';
import { recognizePeople } from './identities.ts';
import { makeNewcomers, type Newcomers } from './newcomers.ts';

const LOCK_POLL_MS = 100;

/**
 * Finds out who they are here, and makes accounts for the others, while nobody registers or changes their name. From then on
 * others may: the names of the new accounts are held by their index, and who was found stays who they are.
 */
export async function identifyPeople(client: pg.ClientBase): Promise<Newcomers> {
  await client.query(`SELECT pg_advisory_lock(${ACCOUNTS_LOCK})`);
  await recognizePeople(client);
  const newcomers = await makeNewcomers(client);
  // Where it fails before this, the lock ends with the connection.
  await client.query(`SELECT pg_advisory_unlock(${ACCOUNTS_LOCK})`);
  return newcomers;
}

/** Has members follow the threads that they took part in; they have read them, as they have read the room. */
export async function followThreads(client: pg.ClientBase, roomId: string): Promise<void> {
  await client.query(
    `INSERT INTO thread_follow (user_id, room_id, thread_seq, read_seq)
     SELECT user_id, room.id, thread_seq, room.last_seq
     FROM room CROSS JOIN (
       SELECT thread_seq, unnest(author_id || mentioned_ids) AS user_id FROM message
       WHERE room_id = $1 AND thread_seq IS NOT NULL
       UNION
       SELECT seq, unnest(author_id || mentioned_ids) FROM message
       WHERE room_id = $1 AND seq IN (SELECT thread_seq FROM message WHERE room_id = $1)
     ) AS taking_part
     WHERE room.id = $1 AND EXISTS (
       SELECT FROM membership WHERE room_id = $1 AND membership.user_id = taking_part.user_id
     )`,
    [roomId],
  );
}

/**
 * Has accounts that are deleted leave the room, as they have left others. Until the end of the transaction none is being
 * deleted: what becomes of its memberships is looked for after that.
 */
export async function eraseTombstones(client: pg.ClientBase, roomId: string): Promise<void> {
  await lockAccounts(client);
  await client.query(
    `SELECT graphile_worker.add_job(
       'erase-account', json_build_object('userId', "user".id, 'messages', 'KEEP'),
       job_key := 'erase-account:' || "user".id || ':' || room_id, max_attempts := ${ERASE_ATTEMPTS}
     )
     FROM membership JOIN "user" ON "user".id = user_id
     WHERE room_id = $1 AND erased_at IS NOT NULL`,
    [roomId],
  );
}

/**
 * Until the end of the transaction. It is asked for again and again, since the database would end the import if it waited:
 * whoever registers by a name that the import makes holds the lock, and waits for the import until they give up.
 */
async function lockAccounts(client: pg.ClientBase): Promise<void> {
  const query = `SELECT pg_try_advisory_xact_lock(${ACCOUNTS_LOCK}) AS held`;
  while (!(await client.query<{ held: boolean }>(query)).rows[0]!.held) await sleep(LOCK_POLL_MS);
}
