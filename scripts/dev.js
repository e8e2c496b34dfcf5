/**
 * `npm run dev`: the API, which starts again whenever one of its files changes, and the pages, which
 * change in the browser while it looks. Ctrl-C stops both, and the database.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from './build.js';
import { requireNode } from './node-version.js';

const root = join(import.meta.dirname, '..');
const web = join(root, 'web');
const port = process.env['PORT'] || '4000';
const api = `http://127.0.0.1:${port}`;

requireNode();
try {
  await build(['the database client']);
  await syncTypes();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const server = startApi();
const pages = startPages();

let stopping = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await Promise.all([server.stop(), pages.then(({ stop }) => stop())]);
    process.exit(0);
  });
}

const [{ address }] = await Promise.all([pages, server.ready]);
console.log(`\nOpen ${address} (and ${address}graphql for GraphiQL). Ctrl-C stops it.\n`);

/** The types of SvelteKit's modules, which its TypeScript settings extend. */
async function syncTypes() {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('@sveltejs/kit/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  const program = join(dirname(manifest), bin['svelte-kit']);
  const child = spawn(process.execPath, [program, 'sync'], { cwd: web, stdio: 'inherit' });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error('svelte-kit sync failed: see above.');
}

function startApi() {
  const child = spawn(process.execPath, ['--watch', 'api/main.ts', '--api-only'], {
    cwd: root,
    // The address of the pages decides whose cookies count, and not that of some deployment.
    env: { ...process.env, PORT: port, ORIGIN: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: a Ctrl-C of the terminal would reach the server beside our signal, and
    // it takes a second one for an order to stop without stopping the database.
    detached: true,
  });
  const ready = new Promise((resolve) => {
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        console.log(`api  ${line}`);
        if (line.startsWith('Parley is ready at ')) resolve(undefined);
      });
    }
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  return {
    ready,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function startPages() {
  process.chdir(web);
  process.env['PARLEY_API'] = api;
  const { createServer } = await import('vite');
  const vite = await createServer({ root: web, clearScreen: false });
  await vite.listen();
  return { address: vite.resolvedUrls?.local[0], stop: () => vite.close() };
}
