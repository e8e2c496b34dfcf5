import type pg from 'pg';
import { USERNAME_MAX_LENGTH, usernameKeyOf } from '../account/names.ts';
import { nameBeside } from './beside.ts';

/** Named of those for whom an account was made. */
const MOST_NAMED = 10;

export interface Newcomers {
  count: number;
  /** Some of their usernames. */
  usernames: string[];
}

/**
 * Makes an account for each of the incoming people who has none here, so that what they said keeps its author. Nobody can log
 * in to it: it is deactivated and has no password, until an administrator hands it to somebody. Call it
 * under the lock of the accounts.
 */
export async function makeNewcomers(client: pg.ClientBase): Promise<Newcomers> {
  const made = await client.query<{ username: string }>(`
    INSERT INTO "user" (id, username, username_key, display_name, role, deactivated_at)
    SELECT id, username, lower(username), display_name, 'MEMBER', now() FROM incoming_user
    WHERE ours IS NULL AND NOT EXISTS (
      SELECT FROM "user" WHERE username_key = lower(incoming_user.username)
      UNION ALL SELECT FROM former_username WHERE username_key = lower(incoming_user.username)
    )
    RETURNING username`);
  await client.query(
    `UPDATE incoming_user SET ours = id
     WHERE ours IS NULL AND EXISTS (SELECT FROM "user" WHERE "user".id = incoming_user.id)`,
  );
  const usernames = made.rows.map(({ username }) => username);
  // Whose name means somebody who is another one of the incoming people already.
  const left = await client.query<{ id: string; username: string }>(
    'SELECT id, username FROM incoming_user WHERE ours IS NULL ORDER BY id',
  );
  for (const { id, username: theirs } of left.rows) {
    const username = await nameBeside(theirs, USERNAME_MAX_LENGTH, async (name) => {
      const { rowCount } = await client.query(
        `INSERT INTO "user" (id, username, username_key, display_name, role, deactivated_at)
         SELECT id, $2, $3, display_name, 'MEMBER', now() FROM incoming_user
         WHERE id = $1 AND NOT EXISTS (SELECT FROM former_username WHERE username_key = $3)
         ON CONFLICT (username_key) DO NOTHING`,
        [id, name, usernameKeyOf(name)],
      );
      return rowCount === 1;
    });
    await client.query('UPDATE incoming_user SET ours = id WHERE id = $1', [id]);
    usernames.push(username);
  }
  return { count: usernames.length, usernames: usernames.slice(0, MOST_NAMED) };
}
