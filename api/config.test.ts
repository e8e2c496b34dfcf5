import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { StartupError } from './errors.ts';

test('nothing set is a whole configuration', () => {
  expect(readConfig({})).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    databaseUrl: null,
    redisUrl: null,
    workers: 1,
    origin: null,
    fixed: {},
    rateLimits: true,
    logLevel: 'info',
    proxies: 0,
  });
});

test('an empty variable is an unset one', () => {
  expect(readConfig({ PORT: '', ORIGIN: '' })).toEqual(readConfig({}));
});

test.each([
  ['PORT', 'abc'],
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['PORT', '4000.5'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['DATABASE_URL', 'localhost'],
  ['ORIGIN', 'https://chat.example/path'],
  ['ORIGIN', 'chat.example'],
  ['REGISTRATION', 'maybe'],
  ['SERVER_NAME', ' '],
  ['SERVER_NAME', 'x'.repeat(51)],
  ['UPLOAD_TYPES', 'images'],
  ['RATE_LIMITS', 'yes'],
  ['LOG_LEVEL', 'loud'],
  ['PROXIES', 'one'],
  ['REDIS_URL', 'localhost:6379'],
  ['WORKERS', '0'],
  ['WORKERS', '17'],
  ['WORKERS', 'many'],
])('%s=%s is refused in one line that names it', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(StartupError);
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}.*\\.$`));
});

test('what is set of what administrators may set is fixed, in the form that it is used in', () => {
  const env = { SERVER_NAME: ' Orchard ', REGISTRATION: '', UPLOAD_TYPES: 'image/*, text/plain' };
  expect(readConfig(env).fixed).toEqual({
    name: 'Orchard',
    uploadTypes: ['image/*', 'text/plain'],
  });
});

test('a slash at the end of ORIGIN is forgiven', () => {
  expect(readConfig({ ORIGIN: 'https://chat.example/' }).origin).toBe('https://chat.example');
});

test('WORKERS=auto is as many as this machine runs at once', () => {
  const { workers } = readConfig({ WORKERS: 'auto' });
  expect(workers).toBe(Math.min(availableParallelism(), 16));
});
