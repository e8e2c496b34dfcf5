/** What people type never becomes more than text: strings that have run scripts elsewhere, wherever text is shown. */
import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, type TestPerson } from '../../api/test/people.ts';
import { PAYLOADS } from './payloads.ts';
import { readUpwards } from './screen.ts';
import { composer, hydrated, say, visit } from './visitor.ts';

/** What a script could do that got in, and what the page's policy has stopped. */
async function watch(context: BrowserContext): Promise<string[]> {
  const seen: string[] = [];
  await context.exposeFunction('__seen', (what: string) => void seen.push(what));
  await context.addInitScript(() => {
    const report = (what: string) => (window as any).__seen(what);
    window.alert = (text) => report(`alert ${text}`);
    window.addEventListener('securitypolicyviolation', (event) =>
      report(`policy ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
    Object.defineProperty(window, 'pwned', { set: () => report('a script ran') });
  });
  context.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('page', (page) => void (page.url() !== 'about:blank' && seen.push(page.url())));
  context.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') seen.push(`asks ${request.url()}`);
  });
  return seen;
}

test(`${PAYLOADS.length} hostile texts as messages, names and topics run nothing and load nothing`, async () => {
  expect(new Set(PAYLOADS).size).toBeGreaterThan(120);
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  for (const payload of PAYLOADS) await say(app, bob, roomId, payload);
  await makeRooms(app.url, bob);
  const displayName = '"><img src=x onerror=pwned=1>';
  await app.app.db.prisma.user.update({ where: { id: bob.user.id }, data: { displayName } });

  await using browser = await visit(app, ann, '/rooms/garden');
  const { page, context } = browser;
  const seen = await watch(context);
  const response = await page.goto('/rooms/garden');
  expect(response!.headers()['content-security-policy']).toMatch(/script-src 'self' 'nonce-/);
  await hydrated(page);
  const texts = await readUpwards(page);
  expect(texts).toHaveLength(PAYLOADS.length);

  // Every link leads where links may.
  const protocols = await page
    .locator('article .text a')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol));
  expect(protocols.length).toBeGreaterThan(0);
  expect(protocols.filter((protocol) => !/^(?:https?|mailto):$/.test(protocol))).toEqual([]);
  const inserted = await page
    .locator('article .text')
    .locator('script, img, iframe, object, embed, form, input, style, svg:not(.lucide), math, base')
    .count();
  expect(inserted).toBe(0);

  // Whatever has a pointer or the focus on it.
  for (const link of await page.locator('article .text a, article .spoiler').all()) {
    await link.hover();
    await link.focus();
  }
  const search = `/rooms?search=${encodeURIComponent('"><script>pwned=1</script>')}`;
  for (const path of ['/rooms', search, '/rooms/hostile-0', '/rooms/hostile-7', '/settings']) {
    await page.goto(path);
    await hydrated(page);
  }
  await page.goto('/rooms/garden');
  await hydrated(page);
  for (const payload of PAYLOADS.slice(0, 30)) {
    await composer(page).fill(payload);
    await page.keyboard.press('Control+Enter');
  }
  await page.getByText('Sending…').first().waitFor({ state: 'detached' });
  await composer(page).pressSequentially('@');
  await page.getByRole('option', { name: displayName }).waitFor();
  await page.getByRole('button', { name: 'Room details' }).click();
  await page.getByText('@bob').first().waitFor();
  expect(seen).toEqual([]);
});

test('what would run a script is noticed by the test above', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const seen = await watch(browser.context);
  await browser.page.goto('/rooms/garden');
  await hydrated(browser.page);
  await browser.page.evaluate(() => {
    const holder = document.createElement('div');
    holder.innerHTML = '<img src="x:" onerror="alert(1)">';
    document.body.append(holder);
  });
  await expect.poll(() => seen.join()).toContain('policy script-src-attr');
});

/** Rooms whose names and topics are hostile. */
async function makeRooms(url: string, owner: TestPerson): Promise<void> {
  const short = PAYLOADS.filter((payload) => payload.length <= 80 && !/[\n\r]/.test(payload));
  for (const [index, name] of short.slice(0, 60).entries()) {
    const topic = short[(index + 20) % short.length];
    await run(
      url,
      'mutation ($input: CreateRoomInput!) { createRoom(input: $input) { room { id } } }',
      { input: { slug: `hostile-${index}`, name, topic } },
      owner.token,
    );
  }
}
