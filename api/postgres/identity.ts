import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartupError } from '../errors.ts';

/** Under whose name PostgreSQL's programs run: it refuses to run as root. */
export interface Identity {
  wrap(command: string[]): string[];
  spawnOptions: { uid?: number; gid?: number };
}

const OURS: Identity = { wrap: (command) => command, spawnOptions: {} };

/**
 * As a plain user: ourselves. As root: whoever owns the database that is there, since PostgreSQL
 * serves nobody else's; where that is root, or nothing is there yet, ourselves under another number
 * in a user namespace, which keeps every file ours; where namespaces are forbidden, the user
 * `nobody`.
 * @throws StartupError where none is possible.
 */
export async function identityFor(dataDir: string): Promise<Identity> {
  if (process.getuid?.() !== 0) return OURS;
  const owner = await stat(join(dataDir, 'postgres')).catch(() => null);
  const nobody = await findNobody();
  if (nobody && !owner?.uid) {
    const { uid, gid } = nobody;
    const namespace = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`];
    if (spawnSync(namespace[0]!, [...namespace.slice(1), 'true']).status === 0) {
      return { wrap: (command) => [...namespace, ...command], spawnOptions: {} };
    }
  }
  const other = owner ?? nobody;
  if (other?.uid) {
    const { uid, gid } = other;
    if (isReachable(dataDir, uid, gid) && isReachable(import.meta.dirname, uid, gid)) {
      return { wrap: (command) => command, spawnOptions: { uid, gid } };
    }
  }
  throw new StartupError(
    'PostgreSQL does not run as root, and neither a user namespace nor another user can stand in ' +
      'here: start Parley as a user other than root, or set DATABASE_URL.',
  );
}

async function findNobody(): Promise<{ uid: number; gid: number } | null> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd);
  return entry && { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/** Whether that user may enter every folder on the way. */
function isReachable(path: string, uid: number, gid: number): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (spawnSync('test', ['-x', folder], { uid, gid }).status !== 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
