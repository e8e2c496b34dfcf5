/**
 * What only processes know. Once a minute each writes a row of how it is and of what it has done in that minute
 * (`server_sample`); the rollup reads them, and removes them after SAMPLE_TTL_DAYS. Where the database is away, what was
 * done is told with the next sample, and nobody is bothered.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { App } from '../app.ts';

const MINUTE_MS = 60_000;
/** Soon after the start, so that a new process is seen; what is gone by then never was. */
const FIRST_SAMPLE_MS = 1_000;
/** Each look wakes the process, which idle ones should not be more than they need. */
const DELAY_RESOLUTION_MS = 1_000;
const NANOSECONDS_PER_MS = 1e6;

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

type Parts = Pick<App, 'counters' | 'db' | 'fanout' | 'followers'>;

/** One process, and what it has told of itself. */
export class Sampler {
  readonly id = `${hostname()}:${process.pid}:${randomBytes(2).toString('hex')}`;
  readonly startedAt = new Date();
  readonly #parts: Parts;
  readonly #delay: ELDHistogram;
  #told = { deliveries: 0, sends: 0, sendMs: 0 };

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

  /** Tells how it is, and what it has done since it last told, as of the minute that `now` is in. */
  async tell(now = new Date()): Promise<void> {
    const { counters, db } = this.#parts;
    const { deliveries, sends, sendMs } = counters;
    const state = this.state();
    await db.pool.query({
      name: 'tell-sample',
      text: TELL,
      values: [
        new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS),
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
    this.#told = { deliveries, sends, sendMs };
    this.#delay.reset();
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

/** Returns what ends it. */
export function sampleRegularly({ sampler, log }: Pick<App, 'sampler' | 'log'>): () => void {
  let timer = setTimeout(sample, FIRST_SAMPLE_MS).unref();
  let isClosed = false;

  function sample(): void {
    void sampler
      .tell()
      .catch((error: unknown) => log.debug({ err: error }, 'A sample could not be written'))
      .finally(() => {
        if (!isClosed) timer = setTimeout(sample, untilLastSecond()).unref();
      });
  }

  return () => {
    isClosed = true;
    clearTimeout(timer);
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
