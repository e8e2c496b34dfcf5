/** Holding others up in the database, and seeing that they are: how two who act at once are put in an order. */
import pg from 'pg';
import { PEOPLE_LOCK } from '../room/people.ts';
import type { TestApp } from './harness.ts';

/** Holds the locks of a statement until what it returns is called. */
export async function hold(
  { databaseUrl }: TestApp,
  statement: string,
): Promise<() => Promise<void>> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return async () => {
    await client.query('COMMIT');
    await client.end();
  };
}

/** The statement under whose lock the people and the settings of a room change. */
export const lockingPeople = (roomId: string) =>
  `SELECT pg_advisory_xact_lock(${PEOPLE_LOCK}, hashtext('${roomId}'))`;

/** How many statements wait for a lock. */
export async function waiting({ databaseUrl }: TestApp): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  await client.end();
  return rows[0]!.count;
}
