/** What can be said of the container files where there is no Docker engine to run them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../api/config.ts';
import { settingNames } from './settings.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface Service {
  image?: string;
  build?: string;
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  volumes?: string[];
  healthcheck?: object;
  deploy?: Record<string, string>;
}
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const { api, postgres, redis, proxy } = compose.services;
const dockerfile = read('Dockerfile');

/** What `docker compose` makes of `${NAME:-default}`. */
function interpolate(variables: Record<string, string>, env: Record<string, string> = {}) {
  const replace = (value: string) =>
    value.replace(
      /\$\{(\w+):-([^}]*)\}/g,
      (_, name: string, otherwise: string) => env[name] || otherwise,
    );
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, replace(String(value))]),
  );
}

test('the API is given settings that it knows, with values that it takes', () => {
  const environment = interpolate(api!.environment!);
  expect(settingNames()).toEqual(expect.arrayContaining(Object.keys(environment)));
  expect(readConfig(environment)).toMatchObject({ origin: 'http://localhost', proxies: 1 });
  const public_ = interpolate(api!.environment!, { ORIGIN: 'https://chat.example.org' });
  expect(readConfig(public_).origin).toBe('https://chat.example.org');
});

test('settings of the image are known, too, and let the proxy reach it', () => {
  const env = /^ENV (.+)$/m
    .exec(dockerfile)![1]!
    .split(' ')
    .map((pair) => pair.split('='));
  const { NODE_ENV, ...settings } = Object.fromEntries(env) as Record<string, string>;
  expect(NODE_ENV).toBe('production');
  expect(settingNames()).toEqual(expect.arrayContaining(Object.keys(settings)));
  expect(readConfig(settings)).toMatchObject({ host: '0.0.0.0', port: 4000 });
  expect(dockerfile).toContain('EXPOSE 4000\n');
});

test('the API finds the database, by the name and password that the database is given', () => {
  const url = new URL(interpolate(api!.environment!)['DATABASE_URL']!);
  const database = interpolate(postgres!.environment!);
  expect(compose.services[url.hostname]).toBe(postgres);
  expect(url.username).toBe(database['POSTGRES_USER']);
  expect(url.password).toBe(database['POSTGRES_PASSWORD']);
  expect(url.pathname).toBe(`/${database['POSTGRES_DB']}`);
});

test('the proxy serves the public address and passes it to the API', () => {
  const caddyfile = read('deploy/Caddyfile');
  expect(caddyfile).toMatch(/^\{\$ORIGIN\} \{$/m);
  expect(proxy!.environment!['ORIGIN']).toBe(api!.environment!['ORIGIN']);
  const [, host, port] = /reverse_proxy \{\s+dynamic a (\w+) (\d+)/.exec(caddyfile)!;
  expect(compose.services[host!]).toBe(api);
  expect(Number(port)).toBe(readConfig({}).port);
});

test('whatever a service refers to exists', () => {
  for (const service of Object.values(compose.services)) {
    expect(Boolean(service.image) !== Boolean(service.build)).toBe(true);
    if (service.build) expect(existsSync(join(root, service.build, 'Dockerfile'))).toBe(true);
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const needed = compose.services[name];
      expect(needed, name).toBeDefined();
      expect(needed!.profiles, name).toBeUndefined();
      if (condition === 'service_healthy') {
        expect(
          needed!.healthcheck || (needed!.build && dockerfile.includes('HEALTHCHECK')),
        ).toBeTruthy();
      }
    }
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':', 1)[0]!;
      if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  }
});

test('several API processes find the Redis that they share', () => {
  const { redisUrl } = readConfig(interpolate(api!.environment!));
  const url = new URL(redisUrl!);
  expect(compose.services[url.hostname]).toBe(redis);
  expect(url.port).toBe('6379');
  expect(interpolate(api!.deploy!)).toEqual({ replicas: '2' });
  // Nothing that only one of them could have.
  expect(api).not.toHaveProperty('container_name');
  expect(api).not.toHaveProperty('ports');
  // And what people upload, all of them.
  const { DATA_DIR } = Object.fromEntries(
    [...dockerfile.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  );
  expect(api!.volumes).toEqual([`files:${DATA_DIR}`]);
});

test('the image runs as a plain user, from files and scripts that exist', () => {
  expect(dockerfile.lastIndexOf('\nUSER node\n')).toBeGreaterThan(
    dockerfile.lastIndexOf('\nFROM '),
  );
  expect(dockerfile).toContain('/readyz');
  for (const [, sources] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const source of sources!.split(' '))
      expect(existsSync(join(root, source)), source).toBe(true);
  }
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const [, script] of dockerfile.matchAll(/npm run (\S+)/g))
    expect(scripts).toHaveProperty(script!);
  const [, flag, entry] = /^CMD \["node", "(--\S+)", "(\S+)"\]/m.exec(dockerfile)!;
  expect(existsSync(join(root, entry!))).toBe(true);
  expect(scripts['start']).toContain(flag);
});

test('the image is made without what this machine has built or holds', () => {
  const ignored = read('.dockerignore').split('\n');
  for (const path of [
    '.git',
    '.env',
    'data',
    'node_modules',
    'api/generated',
    'web/build',
    '.cache',
  ]) {
    expect(ignored).toContain(path);
  }
});
