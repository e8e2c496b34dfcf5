/** What the database keeps of a room, to see that what was refused has left nothing behind. */
import type { App } from '../../app.ts';
import type { Scene } from './scene.ts';

/** What is written in its own time about what was said, and an export that is under way. */
const IN_ITS_TIME = ['message_search', 'search_position', 'push_position', 'export'];

/** Columns in which a person's other rooms show: where each stands in their list, and that all were read. */
const OF_ALL_THEIR_ROOMS = ['position', 'read_seq'];

export interface Traces {
  /** All rows about its room, as text. */
  of(scene: Scene): Promise<string>;
}

export async function createTraces({ db }: App): Promise<Traces> {
  const { rows } = await db.pool.query<{ table_name: string }>(
    `
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'room_id' AND table_name <> ALL ($1)`,
    [IN_ITS_TIME],
  );
  const kept = [['room', 'id'], ...rows.map(({ table_name }) => [table_name, 'room_id'])];
  const each = kept.map(
    ([table, column]) => `
    SELECT '${table}' AS kept_in, (to_jsonb(kept) - $2::text[])::text AS row FROM "${table}" kept WHERE ${column} = $1`,
  );
  const query = `
    SELECT string_agg(kept_in || ' ' || row, E'\\n' ORDER BY kept_in, row) AS all
    FROM (${each.join(' UNION ALL ')}) all_kept`;
  return {
    async of({ key }) {
      const found = await db.pool.query<{ all: string }>(query, [key, OF_ALL_THEIR_ROOMS]);
      return found.rows[0]!.all;
    },
  };
}
