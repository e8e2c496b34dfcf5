/** The package as integrators get it: packed, and installed by npm into an empty folder. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const CLIENT = join(ROOT, 'client');

interface Manifest {
  name: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

export interface Installed {
  folder: string;
  /** Runs the TypeScript compiler in the folder, and gives what it complains of. */
  check(...files: string[]): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function installClient(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-client-'));
  const { stdout } = await npm(CLIENT, 'pack', '--silent', '--pack-destination', folder);
  const manifest = JSON.parse(await readFile(join(CLIENT, 'package.json'), 'utf8')) as Manifest;
  // What it depends on comes from this machine: a registry may be out of reach.
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const here = dependencies.map((name) => [name, `file:${join(ROOT, 'node_modules', name)}`]);
  const project = {
    private: true,
    type: 'module',
    dependencies: { [manifest.name]: `file:${stdout.trim()}`, ...Object.fromEntries(here) },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project));
  // Fails where the versions are not those that it asks for.
  await npm(folder, 'install', '--offline', '--install-links', '--no-audit', '--no-fund');
  return {
    folder,
    async check(...files) {
      const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
      const args = [tsc, ...options, '--lib', 'es2022,dom', ...files];
      return run(process.execPath, args, { cwd: folder }).then(
        () => '',
        ({ stdout }) => stdout as string,
      );
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

function npm(cwd: string, ...args: string[]) {
  return run('npm', args, { cwd });
}
