/**
 * Who uses a server that several processes share: each holds a lock in it, shared, for as long as it
 * does, and takes it again where the server has gone, which it starts where nothing else does. Whoever gets the same lock for
 * itself alone was the last; a process that comes just then waits for the lock until the server has
 * stopped, is disconnected with it, and starts it anew.
 */
import pg from 'pg';

/** Any number of our own. */
const LEASE_LOCK = 7_275_538;
const RETAKE_MS = 1_000;

export class Lease {
  readonly #connection: pg.ClientConfig;
  readonly #revive: () => Promise<unknown>;
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #released = false;

  private constructor(connection: pg.ClientConfig, revive: () => Promise<unknown>) {
    this.#connection = connection;
    this.#revive = revive;
  }

  /** @param revive starts the server where it does not run; asked again and again while it is gone. */
  static async take(connection: pg.ClientConfig, revive: () => Promise<unknown>): Promise<Lease> {
    const lease = new Lease(connection, revive);
    await lease.#take();
    return lease;
  }

  /** Gives it up, and where it was the last calls `stop`, while nobody can take another. */
  async release(stop: () => Promise<unknown>): Promise<void> {
    this.#released = true;
    if (this.#timer) clearTimeout(this.#timer);
    const client = this.#client ?? (await connect(this.#connection).catch(() => null));
    if (!client) return;
    try {
      // Where it does not say, others may be using it.
      if (await isLast(client).catch(() => false)) await stop();
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Gives it up, whoever else there is. */
  async drop(): Promise<void> {
    this.#released = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {});
  }

  async #take(): Promise<void> {
    const client = await connect(this.#connection);
    try {
      await client.query('SELECT pg_advisory_lock_shared($1)', [LEASE_LOCK]);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    client.once('end', () => {
      this.#client = null;
      if (!this.#released) this.#retakeLater();
    });
  }

  #retakeLater(): void {
    this.#timer = setTimeout(() => {
      this.#retake().catch(() => this.#retakeLater());
    }, RETAKE_MS).unref();
  }

  async #retake(): Promise<void> {
    await this.#revive();
    // Given up meanwhile: whoever did has found nothing to stop.
    if (!this.#released) await this.#take();
  }
}

async function connect(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function isLast(client: pg.Client): Promise<boolean> {
  await client.query('SELECT pg_advisory_unlock_shared($1)', [LEASE_LOCK]);
  const tried = await client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1) AS alone', [
    LEASE_LOCK,
  ]);
  return tried.rows[0]!.alone;
}
