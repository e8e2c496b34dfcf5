import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, hydrated, say, visit } from './visitor.ts';

const last = (page: Page) => page.locator('[role=log] article .text').last();

/** What is set how in the last message: each element with its text. */
const elements = (page: Page) =>
  last(page)
    .locator('strong, em, del, code, a, li, blockquote, .mention')
    .evaluateAll((found) =>
      found.map((element) => `${element.tagName.toLowerCase()}: ${element.textContent}`),
    );

const BODY = `**bold** _italic_ ~~gone~~ \`code\` @ann #garden :tada:
> quoted
- item
1. [link](https://a.example/) <b>as typed</b>`;

const ELEMENTS = [
  'strong: bold',
  'em: italic',
  'del: gone',
  'code: code',
  'bdi: @ann',
  'a: #garden',
  'blockquote: quoted',
  'li: item',
  'li: link <b>as typed</b>',
  'a: link',
];

test('a message looks the same before the server has it, after, and rendered by the server', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/graphql', async (route, request) => {
    if (request.postDataJSON()?.operationName === 'SendMessage') await held;
    await route.continue();
  });
  await composer(page).fill(BODY);
  await composer(page).press('Enter');
  await page.getByText('Sending…').waitFor();
  expect(await elements(page)).toEqual(ELEMENTS);
  answer();
  await page.getByText('Sending…').waitFor({ state: 'detached' });
  expect(await elements(page)).toEqual(ELEMENTS);
  expect(await last(page).textContent()).toContain('🎉');

  const link = page.getByRole('link', { name: 'link', exact: true });
  expect(await link.getAttribute('rel')).toBe('noreferrer noopener nofollow ugc');
  expect(await link.getAttribute('target')).toBe('_blank');

  const html = await (await page.request.get('/rooms/garden')).text();
  expect(html).toMatch(/<strong[^>]*>[^<]*(?:<!--[^>]*-->)*bold/);
  await page.reload();
  await hydrated(page);
  expect(await elements(page)).toEqual(ELEMENTS);
});

test('a spoiler tells nobody before it is asked to, by mouse or by key', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, '||the **butler** https://a.example/||');
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const button = page.getByRole('button', { name: 'Spoiler' });
  const secret = page.getByText('butler');
  expect(await secret.isVisible()).toBe(false);
  expect(await page.getByRole('link', { name: 'https://a.example/' }).count()).toBe(0);
  for (const key of ['Enter', 'Space']) {
    await button.press(key);
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await secret.isVisible()).toBe(true);
    await button.press(key);
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    expect(await secret.isVisible()).toBe(false);
  }
  await page.locator('.spoiler').click();
  await secret.waitFor();
});

test('code is highlighted as text, scrolls in its own box, and can be copied', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  const code = `const greeting = "<img src=x>"; // ${'long '.repeat(80)}\n\tlet x`;
  await say(app, bob, roomId, `\`\`\`js\n${code}\n\`\`\``);
  await using browser = await visit(app, ann, '/rooms/garden', {
    viewport: { width: 375, height: 700 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = browser;
  await page.locator('.code .keyword').first().waitFor();
  expect(await page.locator('.code .string').textContent()).toBe('"<img src=x>"');
  expect(await page.locator('.code pre').textContent()).toBe(code);
  const [inner, outer] = await page.evaluate(() => {
    const pre = document.querySelector('.code pre')!;
    const view = document.querySelector('.viewport')!;
    return [pre.scrollWidth > pre.clientWidth, view.scrollWidth > view.clientWidth];
  });
  expect([inner, outer]).toEqual([true, false]);
  await page.getByRole('button', { name: 'Copy the code' }).click();
  await page.getByText('Copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
});

test('a few emoji alone are large, each block finds its own direction, and long words break', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await say(app, bob, roomId, 'x'.repeat(500));
  await say(app, bob, roomId, 'left\n\nمرحبا');
  await say(app, bob, roomId, ':tada: 👩‍👧');
  await say(app, bob, roomId, '> - قائمة');
  await using browser = await visit(app, ann, '/rooms/garden', {
    viewport: { width: 320, height: 600 },
  });
  const { page } = browser;
  const size = (index: number) =>
    page
      .locator('article .text p')
      .nth(index)
      .evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  expect(await size(3)).toBeGreaterThan(1.5 * (await size(0)));
  const directions = await page
    .locator('article .text p')
    .evaluateAll((found) => found.map((element) => element.matches(':dir(rtl)')));
  expect(directions).toEqual([false, false, true, false, true]);
  expect(await page.locator('blockquote:dir(rtl) > ul:dir(rtl)').count()).toBe(1);
  const overflow = await page.evaluate(() => {
    const view = document.querySelector('.viewport')!;
    return view.scrollWidth - view.clientWidth;
  });
  expect(overflow).toBe(0);
});
