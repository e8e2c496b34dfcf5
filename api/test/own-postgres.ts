/** A PostgreSQL server that is not ours: on TCP, with a password, of whatever version. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '../postgres/binaries.ts';
import { identityFor } from '../postgres/identity.ts';
import { findPort } from './ports.ts';

const PASSWORD = 'p%ss w/rd';

export interface OwnPostgres {
  /** Such as 18. */
  version: number;
  databaseUrl: string;
  port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts one of the binaries in `bin`; the embedded ones where that is left out. */
export async function startOwnPostgres(bin?: string): Promise<OwnPostgres> {
  const programs = bin ?? join(await findBinaries(), 'bin');
  const parent = await mkdtemp(join(tmpdir(), 'parley-own-'));
  const folder = join(parent, 'data');
  const identity = await identityFor(parent);
  const run = (program: string, ...args: string[]) => {
    const [command, ...rest] = identity.wrap([join(programs, program), ...args]);
    const { status, stderr } = spawnSync(command!, rest, {
      ...identity.spawnOptions,
      cwd: parent,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  };

  await writeFile(join(parent, 'password'), PASSWORD);
  run(
    'initdb',
    '-D',
    folder,
    '-U',
    'owner',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    `--pwfile=${join(parent, 'password')}`,
  );
  const port = await findPort();
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=''`;
  run('pg_ctl', 'start', '-w', '-s', '-D', folder, '-l', join(parent, 'log'), '-o', options);
  return {
    version: Number((await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim()),
    databaseUrl: `postgresql://owner:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    port,
    async [Symbol.asyncDispose]() {
      run('pg_ctl', 'stop', '-D', folder, '-m', 'immediate', '-w', '-s');
      await rm(parent, { recursive: true });
    },
  };
}

/** Where this machine keeps the programs of PostgreSQL servers that were installed on it. */
export function findInstalled(): string[] {
  return globSync(['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql@*/bin']).filter(
    (bin) => Number(/(\d+)\/bin$/.exec(bin)?.[1]) >= 15,
  );
}
