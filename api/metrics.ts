import type { ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { App } from './app.ts';

export interface Metrics {
  /** Answers in the text format of Prometheus. */
  answer(response: ServerResponse): Promise<void>;
}

/** A registry of its own for each app. */
export function createMetrics(app: App): Metrics {
  const registry = new Registry();
  // Whichever worker is asked answers for itself.
  if (app.config.workers > 1) registry.setDefaultLabels({ pid: process.pid });
  collectDefaultMetrics({ register: registry });
  const { counters } = app;
  gauge(
    registry,
    'parley_connections',
    'Sockets and event streams that are open',
    () => counters.connections,
  );
  counter(
    registry,
    'parley_deliveries_total',
    'Results that were given to subscriptions',
    () => counters.deliveries,
  );
  counter(registry, 'parley_sends_total', 'Messages that were sent', () => counters.sends);
  counter(
    registry,
    'parley_send_seconds_total',
    'How long sending them took in all',
    () => counters.sendMs / 1000,
  );
  gauge(
    registry,
    'parley_followed_rooms',
    'Rooms that somebody follows here',
    () => app.feeds.size,
  );
  gauge(
    registry,
    'parley_followers',
    'Followers of rooms: one for each group of subscriptions, and for each that is alone',
    () => app.feeds.followers,
  );
  gauge(
    registry,
    'parley_shared_subscriptions',
    'Subscriptions that are in groups',
    () => app.fanout.subscribers,
  );
  gauge(
    registry,
    'parley_open_inboxes',
    'Persons whose inbox is followed here',
    () => app.inboxes.size,
  );
  gauge(
    registry,
    'parley_present_people',
    'People who are present by a device that is connected here',
    () => app.presences.size,
  );
  gauge(
    registry,
    'parley_database_connections',
    'Connections to the database',
    () => app.db.pool.totalCount,
  );
  const { redis } = app;
  if (redis) {
    gauge(
      registry,
      'parley_redis_connected',
      'Whether Redis is there: 1 or 0',
      () => +redis.isConnected,
    );
  }
  return {
    async answer(response) {
      const text = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    },
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function counter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
