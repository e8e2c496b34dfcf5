/**
 * Makes what is generated and built, each part only when what it is made of has changed, so that
 * `npm start` may call it every time. `npm run build` does just this.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireNode } from './node-version.js';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
const lock = join(cache, 'build.lock');

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string[]} inputs files and folders that it is made of
 * @property {string} output a file that is there once it is made
 * @property {[string, string, string[]][]} commands package, program and arguments
 * @property {string} [cwd] where they run
 */

/** @type {Part[]} */
const PARTS = [
  {
    name: 'the database client',
    inputs: ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'],
    output: 'api/generated/prisma/client.ts',
    commands: [['prisma', 'prisma', ['generate']]],
  },
  {
    name: 'the web app',
    inputs: [
      ...['web/src', 'client/src', 'text', 'web/static', 'web/vite.config.ts', 'web/tsconfig.json'],
      ...['web/package.json', 'package-lock.json'],
    ],
    output: 'web/build/handler.js',
    commands: [['vite', 'vite', ['build', '--logLevel', 'error']]],
    cwd: 'web',
  },
];

/** @param {string[]} [names] only these parts */
export async function build(names) {
  const parts = PARTS.filter((part) => !names || names.includes(part.name));
  if (parts.every(isCurrent)) return;
  await alone(async () => {
    for (const part of parts) {
      if (!isCurrent(part)) await make(part);
    }
  });
}

/** @param {Part} part */
async function make(part) {
  console.error(`Building ${part.name} …`);
  const mark = fingerprint(part);
  for (const command of part.commands) await run(part, command);
  await writeFile(stampOf(part), mark);
}

/** @param {Part} part */
function isCurrent(part) {
  const stamp = stampOf(part);
  return (
    existsSync(join(root, part.output)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === fingerprint(part)
  );
}

/** @param {Part} part */
const stampOf = (part) => join(cache, `${part.name.replaceAll(' ', '-')}.sha256`);

/** @param {Part} part */
function fingerprint(part) {
  const hash = createHash('sha256');
  for (const path of part.inputs.flatMap((input) => filesUnder(input)).sort()) {
    hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  try {
    return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return [path];
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * @param {Part} part
 * @param {[string, string, string[]]} command
 */
async function run(part, [packageName, program, args]) {
  const script = findProgram(packageName, program);
  const child = spawn(process.execPath, [script, ...args], {
    cwd: join(root, part.cwd ?? '.'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      // prisma generate looks for an engine that it never runs, and would download it.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  if (code !== 0) throw new Error(`Building ${part.name} failed:\n${output.trim()}`);
}

/** @param {string} packageName @param {string} program */
function findProgram(packageName, program) {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`${packageName}/package.json`);
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
    return join(dirname(manifest), typeof bin === 'string' ? bin : bin[program]);
  } catch {
    throw new Error(
      `${packageName} is not installed: run npm ci first, without leaving out development dependencies.`,
    );
  }
}

/** Two starts at once build once: the second waits. @param {() => Promise<void>} work */
async function alone(work) {
  await mkdir(cache, { recursive: true });
  for (;;) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
      if (holder && !isAlive(holder)) await rm(lock, { force: true });
      else await sleep(200);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

if (process.argv[1] === import.meta.filename) {
  requireNode();
  await build().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
