import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { GraphQLError } from 'graphql';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { Refusal } from './errors.ts';
import { createLog } from './log.ts';
import { isDatabaseAway, maskError } from './masking.ts';
import { ask, bearer } from './test/client.ts';
import { createDatabase, startApp } from './test/harness.ts';
import { people } from './test/people.ts';

const log = createLog('silent');

test('a refusal is told with its code and details, through whatever wraps it', () => {
  const refusal = new Refusal('RATE_LIMITED', 'Slow down.', { retryAfterMs: 1500 });
  const wrapped = new GraphQLError('x', { cause: new GraphQLError('y', { cause: refusal }) });
  for (const error of [refusal, wrapped]) {
    expect(maskError(error, log).toJSON()).toMatchObject({
      message: 'Slow down.',
      extensions: { code: 'RATE_LIMITED', retryAfterMs: 1500 },
    });
  }
});

test('a fault is told by a reference and nothing else of it', () => {
  const masked = maskError(new Error('password=hunter2 in /srv'), log).toJSON();
  expect(masked.extensions).toEqual({ code: 'INTERNAL', reference: expect.any(String) });
  expect(JSON.stringify(masked)).not.toContain('hunter2');
});

test('errors of the document are the sender’s to read', async () => {
  await using server = await startApp();
  const { errors, status } = await ask(server.url, '{ nothing }');
  expect(errors?.[0]?.message).toMatch(/Cannot query field "nothing"/);
  expect(status).toBe(200);
});

test('a database that is away is UNAVAILABLE, and one that was asked wrongly is not', async () => {
  const away = new pg.Client({ host: '127.0.0.1', port: 1 });
  const error = await away.connect().catch((reason) => reason);
  expect(isDatabaseAway(error)).toBe(true);
  expect(maskError(error, log).extensions['code']).toBe('UNAVAILABLE');
  await using server = await startApp();
  const wrong = await server.app.db.pool.query('SELECT nonsense').catch((reason) => reason);
  expect(isDatabaseAway(wrong)).toBe(false);
  const gone = new pg.Client({ connectionString: server.databaseUrl });
  await gone.connect();
  const killed = gone.query('SELECT pg_terminate_backend(pg_backend_pid())').catch((e) => e);
  gone.on('error', () => {});
  expect(isDatabaseAway(await killed)).toBe(true);
  const { prisma } = server.app.db;
  const byPrisma = await prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`.catch(
    (reason: unknown) => reason,
  );
  expect(isDatabaseAway(byPrisma)).toBe(true);
});

test('so are two transactions that stood in each other’s way', async () => {
  await using server = await startApp();
  const { pool } = server.app.db;
  await pool.query('CREATE TABLE doors AS SELECT n FROM generate_series(1, 2) n');
  // Each has one door and wants the other.
  const entered = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const bothEntered = Promise.all(entered.map(({ promise }) => promise));
  const open = async (first: 1 | 2, second: 1 | 2) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT FROM doors WHERE n = $1 FOR UPDATE', [first]);
      entered[first === 1 ? 0 : 1].resolve();
      await bothEntered;
      await client.query('SELECT FROM doors WHERE n = $1 FOR UPDATE', [second]);
    } finally {
      client.release(true);
    }
  };
  const results = await Promise.allSettled([open(1, 2), open(2, 1)]);
  const deadlock = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect(maskError(deadlock.reason, log).extensions['code']).toBe('UNAVAILABLE');
});

test.each(['BEGIN', 'COMMIT'])('so is one whose connection is reset at %s', async (statement) => {
  const databaseUrl = new URL(await createDatabase());
  const upstream = `${databaseUrl.searchParams.get('host')}/.s.PGSQL.5432`;
  let resets = false;
  const proxy = createServer((client) => {
    const database = connect(upstream);
    client.on('data', (data) => {
      if (resets && data.includes(statement)) client.resetAndDestroy();
      else database.write(data);
    });
    client.on('close', () => database.destroy());
    database.on('data', (data) => client.write(data));
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  databaseUrl.searchParams.delete('host');
  databaseUrl.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await using server = await startApp({ DATABASE_URL: databaseUrl.href });

  const { prisma } = server.app.db;
  resets = true;
  const counts = [prisma.user.count(), prisma.room.count()];
  const error = await prisma.$transaction(counts).catch((reason) => reason);
  resets = false;
  expect(isDatabaseAway(error)).toBe(true);
});

test('an operation that asks for too much is TOO_COMPLEX before anything is read', async () => {
  await using server = await startApp();
  let deep = '{ id }';
  for (let level = 0; level < 8; level++) deep = `{ messages { edges { node { room ${deep} } } } }`;
  const { errors } = await ask(server.url, `{ room(slug: "x") ${deep} }`);
  expect(errors?.[0]?.extensions?.code).toBe('TOO_COMPLEX');
});

test('pages within pages cost as much as they ask for', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const page = (rooms: number, messages: number) =>
    ask(
      server.url,
      `{ rooms(first: ${rooms}) { edges { node { messages(last: ${messages}) {
           edges { cursor node { id seq body createdAt author { id username displayName } } }
         } } } } }`,
      {},
      bearer(ann.token),
    );
  expect((await page(1, 500)).errors).toBeUndefined();
  expect((await page(50, 20)).errors).toBeUndefined();
  expect((await page(50, 50)).errors?.[0]?.extensions?.code).toBe('TOO_COMPLEX');
  expect((await page(500, 500)).errors?.[0]?.extensions?.code).toBe('TOO_COMPLEX');
});

test('log-ins by alias in one operation do not get round the limit', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  const codes = [];
  for (let operation = 0; operation < 15; operation++) {
    const aliases = Array.from(
      { length: 20 },
      (_, index) =>
        `a${index}: login(input: { username: "ann", password: "guess ${operation}.${index}" }) { token }`,
    );
    const { errors } = await ask(server.url, `mutation { ${aliases.join('\n')} }`);
    codes.push(...errors!.map((error) => error.extensions?.code));
  }
  expect(codes.filter((code) => code === 'INVALID_INPUT')).toHaveLength(10);
  expect(codes.filter((code) => code !== 'INVALID_INPUT')).toEqual(
    Array.from({ length: codes.length - 10 }, () => 'RATE_LIMITED'),
  );
});
