import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const UNPACKED = join(import.meta.dirname, '..', '..', '.cache', 'chromium');
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A browser with a profile of its own, gone at the end of the scope: `await using browser = await openBrowser()`.
 * Takes CHROMIUM_PATH, else a Chromium or Chrome of this machine, else the one from npm.
 */
export async function openBrowser(options: BrowserContextOptions = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'parley-browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    ...options,
  });
  context.setDefaultTimeout(10_000);
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function findChromium(): Promise<string> {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [
    ...INSTALLED.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...APPLICATIONS,
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;

  return unpackChromium();
}

/** The package unpacks into the temp folder under a fixed name, which may be another user's already. */
async function unpackChromium(): Promise<string> {
  const { TMPDIR } = process.env;
  await mkdir(UNPACKED, { recursive: true });
  process.env.TMPDIR = UNPACKED;
  // Read at import: with it, the package also unpacks the libraries that a minimal Linux lacks.
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    const path = await packed.executablePath();
    process.env.FONTCONFIG_FILE = await configureFonts();
    return path;
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** The package's own configuration looks for its fonts in fixed places; without any font Chromium dies. */
async function configureFonts(): Promise<string> {
  const file = join(UNPACKED, 'fonts.conf');
  const configuration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(UNPACKED, 'fonts')}</dir>
  <cachedir>${join(UNPACKED, 'font-cache')}</cachedir>
</fontconfig>
`;
  await writeFile(file, configuration);
  return file;
}
