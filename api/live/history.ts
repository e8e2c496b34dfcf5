/**
 * Which history the database holds, by its epoch: cursors of another one are refused.
 *
 * The epoch is made from a mark in the database, from the identity of the log's table, and, where the
 * server tells them, from the identity of its cluster and its timeline. So it is another one after
 * a promotion, a recovery to a point in time, a dump that was restored, in place or elsewhere, and
 * `npm run new-epoch`. It is read on every new connection before anything else is (`onConnect` of
 * the pool) and at every sweep. A copy of the data folder that was put back has the same epoch: that
 * the log was set back is seen by the feeds, which then ask for another mark (`renew`).
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Batch } from '../batch.ts';

/** What feeds need of it. */
export interface Epoch {
  /** Reads it again. */
  check(): Promise<void>;
  /** Marks the database as another history, unless somebody else has done so already. */
  renew(): Promise<void>;
  /** `act` is called at once when it is found to be another one. */
  onChange(act: () => void): void;
}

interface Identity {
  mark: string;
  /** The log's table; a dump that is restored in place makes another. */
  log: number;
  cluster: string;
}

const MARK = `SELECT epoch AS mark, 'room_event'::regclass::oid AS log, '' AS cluster FROM server`;
/** The timeline by what is being written: the control file knows of a promotion minutes later. */
const MARK_AND_CLUSTER = MARK.replace(
  `''`,
  `(SELECT system_identifier FROM pg_control_system()) || ':' ||
   left(pg_walfile_name(pg_current_wal_lsn()), 8)`,
);

export class History implements Epoch {
  epoch = '';
  readonly #pool: pg.Pool;
  readonly #listeners: (() => void)[] = [];
  /** Many feeds may open at once: what is asked while a question is under way is answered by the next. */
  readonly #checks = new Batch<null, void>({
    size: Number.POSITIVE_INFINITY,
    lanes: 1,
    ask: async (questions) => {
      await this.#read(this.#pool);
      return questions.map(() => undefined);
    },
  });
  #question = MARK_AND_CLUSTER;
  #mark = '';
  #asked = 0;
  #answered = 0;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  static async read(pool: pg.Pool): Promise<History> {
    const history = new History(pool);
    await history.check().catch(() => {
      // Some hosted servers keep these functions to themselves.
      history.#question = MARK;
      return history.check();
    });
    return history;
  }

  check(client?: pg.ClientBase): Promise<void> {
    return client ? this.#read(client) : this.#checks.ask(null);
  }

  async #read(client: pg.Pool | pg.ClientBase): Promise<void> {
    const number = ++this.#asked;
    const { rows } = await client.query<Identity>(this.#question);
    // What was asked later has been answered already: this may be of before.
    if (number < this.#answered) return;
    this.#answered = number;
    const { mark, log, cluster } = rows[0]!;
    const epoch = createHash('sha256')
      .update(`${mark}:${log}:${cluster}`)
      .digest('base64url')
      .slice(0, 8);
    this.#mark = mark;
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    for (const act of this.#listeners) act();
  }

  async renew(): Promise<void> {
    await this.#pool.query('UPDATE server SET epoch = gen_random_uuid() WHERE epoch = $1', [
      this.#mark,
    ]);
    await this.check();
  }

  onChange(act: () => void): void {
    this.#listeners.push(act);
  }
}
