/**
 * Makes PostgreSQL itself roll back what it was about to commit: a trigger of the fault's own on the
 * table of messages raises an error at the end of every so manieth statement. It counts by a sequence,
 * which a rollback does not set back.
 */
import type { TestDatabase } from '../api/test/database.ts';

/** Of so many statements that insert messages, one fails. */
const ONE_IN = 7;

export async function failInserts(database: TestDatabase): Promise<void> {
  await database.query(`
    CREATE SEQUENCE fault_insert;
    CREATE FUNCTION fail_insert() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      number bigint = nextval('fault_insert');
    BEGIN
      -- What a message may have caused by itself makes its group be written one by one.
      IF number % ${2 * ONE_IN} = 0 AND (SELECT count(*) FROM written) > 1 THEN
        RAISE EXCEPTION 'failed on purpose' USING ERRCODE = 'serialization_failure';
      ELSIF number % ${ONE_IN} = 0 THEN
        RAISE EXCEPTION 'failed on purpose' USING ERRCODE = 'insufficient_resources';
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER fail_insert AFTER INSERT ON message
      REFERENCING NEW TABLE AS written
      FOR EACH STATEMENT EXECUTE FUNCTION fail_insert();`);
}

export interface Rollbacks {
  /** Statements that inserted messages, or were to. */
  attempts: number;
  rolledBack: number;
}

/** How many there were; to be asked once the servers have left the database, which then knows it all. */
export async function countRollbacks(database: TestDatabase): Promise<Rollbacks> {
  const [row] = await database.query<{ inserts: string; rolled_back: string }>(
    `SELECT last_value AS inserts, xact_rollback AS rolled_back
     FROM fault_insert, pg_stat_database WHERE datname = current_database()`,
  );
  const inserts = Number(row!.inserts);
  const rolledBack = Number(row!.rolled_back);
  // Those that met a used key ended before the trigger counted them.
  const onKeys = rolledBack - Math.floor(inserts / ONE_IN);
  return { attempts: inserts + onKeys, rolledBack };
}
