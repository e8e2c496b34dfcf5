/**
 * What only processes know. Once a minute each writes a row of how it is and of what it has done in that minute
 * (`server_sample`), and once more at its end; the rollup reads them, and removes them after SAMPLE_TTL_DAYS. Where the
 * database is away, what was done is told with the next sample, and nobody is bothered.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Counters } from './counters.ts';

const MINUTE_MS = 60_000;
/** Soon after the start, so that a new process is seen; what is gone by then never was. */
const FIRST_SAMPLE_MS = 1_000;
/** Each look wakes the process, which idle ones should not be more than they need. */
const DELAY_RESOLUTION_MS = 1_000;
const NANOSECONDS_PER_MS = 1e6;
/** How long the end of a server waits for its last sample. */
const STOP_TIMEOUT_MS = 2_000;

/** How a process is. */
export interface ProcessState {
  id: string;
  startedAt: Date;
  connections: number;
  subscriptions: number;
  rssBytes: number;
  /** How late timers were of late, on average. */
  eventLoopDelayMs: number;
}

/** What a process has done since its start. */
type Totals = Pick<Counters, 'deliveries' | 'sends' | 'sendMs'>;

type Parts = Pick<App, 'counters' | 'db' | 'fanout' | 'followers'>;

/** One process, and what it has told of itself. */
export class Sampler {
  readonly id = `${hostname()}:${process.pid}:${randomBytes(2).toString('hex')}`;
  readonly startedAt = new Date();
  readonly #parts: Parts;
  readonly #delay: ELDHistogram;
  #told: Totals = { deliveries: 0, sends: 0, sendMs: 0 };
  /** A sample without an answer: it may be there. */
  #unanswered: { minute: Date; seenAt: Date; totals: Totals } | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
    this.#delay.enable();
  }

  state(): ProcessState {
    const { counters, fanout, followers } = this.#parts;
    return {
      id: this.id,
      startedAt: this.startedAt,
      connections: counters.connections,
      subscriptions: fanout.subscribers + followers.size,
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: meanDelayMs(this.#delay),
    };
  }

  /** Whether it has done something that it has not told. */
  get hasMore(): boolean {
    const { deliveries, sends } = this.#parts.counters;
    return deliveries > this.#told.deliveries || sends > this.#told.sends;
  }

  /** Tells how it is, and what it has done since it last told, as of the minute that `now` is in. One at a time. */
  async tell(now = new Date()): Promise<void> {
    await this.#findUnanswered();
    const { counters, db } = this.#parts;
    const { deliveries, sends, sendMs } = counters;
    const minute = new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);
    const totals = { deliveries, sends, sendMs };
    const state = this.state();
    this.#unanswered = { minute, seenAt: now, totals };
    await db.pool.query({
      name: 'tell-sample',
      text: TELL,
      values: [
        minute,
        state.id,
        state.startedAt,
        now,
        state.connections,
        state.subscriptions,
        deliveries - this.#told.deliveries,
        sends - this.#told.sends,
        sendMs - this.#told.sendMs,
        state.rssBytes,
        state.eventLoopDelayMs,
      ],
    });
    this.#unanswered = null;
    this.#told = totals;
    this.#delay.reset();
  }

  /** Where only the answer was lost, nothing of that sample is told again. */
  async #findUnanswered(): Promise<void> {
    if (!this.#unanswered) return;
    const { minute, seenAt, totals } = this.#unanswered;
    const { rowCount } = await this.#parts.db.pool.query(
      'SELECT FROM server_sample WHERE at = $1 AND process_id = $2 AND seen_at = $3',
      [minute, this.id, seenAt],
    );
    if (rowCount === 1) this.#told = totals;
    this.#unanswered = null;
  }

  close(): void {
    this.#delay.disable();
  }
}

/** Of one minute there is one row, also where a process tells of it twice. */
const TELL = `
  INSERT INTO server_sample (
    at, process_id, started_at, seen_at, connections, subscriptions, deliveries, sends, send_ms, rss_bytes,
    event_loop_delay_ms
  ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (at, process_id) DO UPDATE SET
    seen_at = excluded.seen_at,
    connections = greatest(server_sample.connections, excluded.connections),
    subscriptions = excluded.subscriptions,
    deliveries = server_sample.deliveries + excluded.deliveries,
    sends = server_sample.sends + excluded.sends,
    send_ms = server_sample.send_ms + excluded.send_ms,
    rss_bytes = excluded.rss_bytes,
    event_loop_delay_ms = excluded.event_loop_delay_ms`;

/** Returns what ends it, with a last sample of what was done since. */
export function sampleRegularly({
  sampler,
  log,
}: Pick<App, 'sampler' | 'log'>): () => Promise<void> {
  let timer = setTimeout(sample, FIRST_SAMPLE_MS).unref();
  let telling = Promise.resolve();
  let isClosed = false;

  function sample(): void {
    telling = tell().finally(() => {
      if (!isClosed) timer = setTimeout(sample, untilLastSecond()).unref();
    });
  }

  async function tell(): Promise<void> {
    try {
      await sampler.tell();
    } catch (error) {
      log.debug({ err: error }, 'A sample could not be written');
    }
  }

  async function finish(): Promise<void> {
    await telling;
    if (sampler.hasMore) await tell();
  }

  return async () => {
    isClosed = true;
    clearTimeout(timer);
    await Promise.race([finish(), sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    sampler.close();
  };
}

/** All processes tell of a minute in its last second, so that their sums are of one moment. */
function untilLastSecond(): number {
  const sinceMinute = Date.now() % MINUTE_MS;
  const target = MINUTE_MS - 1_000;
  return sinceMinute < target ? target - sinceMinute : target - sinceMinute + MINUTE_MS;
}

/** The histogram has how long the timer's steps were. */
function meanDelayMs({ mean }: ELDHistogram): number {
  if (Number.isNaN(mean)) return 0;
  return Math.max(0, mean / NANOSECONDS_PER_MS - DELAY_RESOLUTION_MS);
}
