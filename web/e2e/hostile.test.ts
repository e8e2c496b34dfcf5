/** What people type never becomes more than text: strings that have run scripts elsewhere, wherever text is shown. */
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { watch } from './intrusion.ts';
import { PAYLOADS } from './payloads.ts';
import { readUpwards } from './screen.ts';
import { composer, hydrated, say, visit } from './visitor.ts';

test(`${PAYLOADS.length} hostile texts as messages run nothing and load nothing`, async () => {
  expect(new Set(PAYLOADS).size).toBeGreaterThan(120);
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  for (const payload of PAYLOADS) await say(app, bob, roomId, payload);
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
