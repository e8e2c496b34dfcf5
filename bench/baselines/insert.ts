/**
 * Sends as one would write them first: Yoga with graphql-ws as in `yoga.ts`, and for each message
 * one statement over a pool of as many connections as Parley's, into tables like Parley's. Where the
 * database is comes from libpq's variables.
 */
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { announce, TYPE_DEFS } from './messages.ts';

const POOL_SIZE = 20;
const TABLES = `
  CREATE SCHEMA IF NOT EXISTS bench;
  CREATE TABLE bench.author (id UUID PRIMARY KEY);
  CREATE TABLE bench.room (id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE bench.room_event (
    room_id TEXT REFERENCES bench.room, seq INTEGER, kind TEXT,
    actor_id UUID REFERENCES bench.author, created_at TIMESTAMPTZ, message_seq INTEGER,
    PRIMARY KEY (room_id, seq)
  );
  CREATE TABLE bench.message (
    room_id TEXT REFERENCES bench.room, seq INTEGER, author_id UUID REFERENCES bench.author,
    body TEXT, idempotency_key TEXT, created_at TIMESTAMPTZ,
    PRIMARY KEY (room_id, seq), UNIQUE (author_id, idempotency_key)
  )`;
const INSERT = `
  WITH next AS (
    UPDATE bench.room SET last_seq = last_seq + 1 WHERE id = $1
    RETURNING last_seq AS seq, clock_timestamp() AS at
  ), event AS (
    INSERT INTO bench.room_event SELECT $1, seq, 'MESSAGE_POSTED', $2, at, seq FROM next
  )
  INSERT INTO bench.message SELECT $1, seq, $2, $3, $4, at FROM next RETURNING seq`;
const AUTHOR = crypto.randomUUID();
const ROOMS = 1_000;

const pool = new pg.Pool({ max: POOL_SIZE });
await pool.query(TABLES);
await pool.query('INSERT INTO bench.author VALUES ($1)', [AUTHOR]);
await pool.query(`INSERT INTO bench.room SELECT 'room-' || n FROM generate_series(0, $1::int) n`, [
  ROOMS,
]);

const yogaApp = createYoga({
  schema: createSchema({
    typeDefs: TYPE_DEFS,
    resolvers: {
      Mutation: {
        async sendMessage(_parent, { input }: { input: Record<string, string> }) {
          const { rows } = await pool.query<{ seq: number }>({
            name: 'insert',
            text: INSERT,
            values: [input['roomId'], AUTHOR, input['body'], input['idempotencyKey']],
          });
          return { message: { id: `${input['roomId']}.${rows[0]!.seq}` } };
        },
      },
    },
  }),
});
const httpServer = createServer(yogaApp);
const wsServer = new WebSocketServer({ server: httpServer, path: yogaApp.graphqlEndpoint });

useServer(
  {
    execute: (args) => (args as unknown as Enveloped).rootValue.execute(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, contextFactory, parse, validate } = yogaApp.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params,
      } as never);
      const document = parse(params.query);
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      const contextValue = await contextFactory();
      const { operationName, variables: variableValues } = params;
      return {
        schema,
        operationName,
        document,
        variableValues,
        contextValue,
        rootValue: { execute },
      };
    },
  },
  wsServer,
);

announce(httpServer);

interface Enveloped {
  rootValue: { execute: (args: unknown) => never };
}
