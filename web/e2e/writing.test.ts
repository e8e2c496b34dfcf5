import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startWholeApp } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { composer, said, visit } from './visitor.ts';

const options = (page: Page) => page.getByRole('option');

/** Puts a text into the composer, and the caret where `|` stands in it. */
async function write(page: Page, drawn: string): Promise<void> {
  const field = composer(page);
  await field.fill(drawn.replace('|', ''));
  await field.evaluate((element, caret) => {
    (element as HTMLTextAreaElement).setSelectionRange(caret, caret);
  }, drawn.indexOf('|'));
}

/** The composer's text with `|` where the caret stands. */
const written = (page: Page) =>
  composer(page).evaluate((element) => {
    const { value, selectionStart } = element as HTMLTextAreaElement;
    return `${value.slice(0, selectionStart)}|${value.slice(selectionStart)}`;
  });

const select = (page: Page, from: number, to: number) =>
  composer(page).evaluate(
    (element, range) => (element as HTMLTextAreaElement).setSelectionRange(...range),
    [from, to] as const,
  );

test.each(['Tab', 'Enter'])(
  '%s accepts a completion of @, # and :, and leaves the text after the caret alone',
  async (key) => {
    await using app = await startWholeApp();
    const { ann } = await people(app.app);
    await using browser = await visit(app, ann, '/rooms/garden');
    const { page } = browser;
    const field = composer(page);

    await write(page, 'hi | and bye');
    await field.pressSequentially('@bo');
    await page.getByRole('option', { name: 'bob' }).waitFor();
    await field.press(key);
    expect(await written(page)).toBe('hi @bob |and bye');

    await write(page, 'see |(there)');
    await field.pressSequentially('#gar');
    await page.getByRole('option', { name: 'garden' }).waitFor();
    await field.press(key);
    expect(await written(page)).toBe('see #garden|(there)');

    await write(page, '|tail');
    await field.pressSequentially(':tada');
    await options(page).first().waitFor();
    await field.press(key);
    expect(await written(page)).toBe('🎉 |tail');

    expect(await options(page).count()).toBe(0);
    expect(await said(app, ann, 'garden')).toEqual([]);
    await field.press('Enter');
    await expect.poll(() => said(app, ann, 'garden')).toEqual(['🎉 tail']);
  },
);

test('arrows choose, the mouse too, Esc refuses, and undoing takes a completion back', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const field = composer(page);

  await field.pressSequentially('@');
  await page.getByRole('option', { name: 'bob' }).waitFor();
  expect(await options(page).allTextContents()).toEqual([
    expect.stringContaining('ann'),
    expect.stringContaining('bob'),
    expect.stringContaining('@here'),
    expect.stringContaining('@all'),
  ]);
  const active = () =>
    field.evaluate((element) => {
      const id = element.getAttribute('aria-activedescendant');
      return id && document.getElementById(id)?.getAttribute('aria-selected');
    });
  expect(await active()).toBe('true');
  await field.press('ArrowUp');
  await field.press('Enter');
  expect(await written(page)).toBe('@all |');
  await page.getByText('@all calls all 2 members').waitFor();
  await field.press('Control+z');
  expect(await field.inputValue()).toBe('@');

  await field.fill('');
  await field.pressSequentially('@b');
  await page.getByRole('option', { name: 'bob' }).click();
  expect(await written(page)).toBe('@bob |');

  // Faster than any answer: what does not match what is typed is not accepted.
  await field.fill('');
  await field.pressSequentially('@');
  await options(page).first().waitFor();
  await field.pressSequentially('b');
  await field.press('Tab');
  expect(await written(page)).toBe('@bob |');

  await field.fill('');
  await field.pressSequentially('@b');
  await options(page).first().waitFor();
  await field.press('Escape');
  await options(page).first().waitFor({ state: 'detached' });
  await field.pressSequentially('o');
  await field.press('Enter');
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['@bo']);
});

test('nothing is offered or accepted within a composition', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden');
  const { page } = browser;
  const field = composer(page);
  await field.pressSequentially('@');
  await options(page).first().waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.imeSetComposition', { text: 'b', selectionStart: 1, selectionEnd: 1 });
  await options(page).first().waitFor({ state: 'detached' });
  await devtools.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Enter',
    code: 'Enter',
    windowsVirtualKeyCode: 229,
  });
  expect(await field.inputValue()).toBe('@b');
});

test('keys and buttons format the selection, pasted addresses become its link, and undoing works', async () => {
  await using app = await startWholeApp();
  const { ann } = await people(app.app);
  await using browser = await visit(app, ann, '/rooms/garden', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = browser;
  const field = composer(page);
  const cases = [
    ['Control+b', 'one **two**'],
    ['Control+i', 'one _two_'],
    ['Control+e', 'one `two`'],
    ['Control+Shift+x', 'one ~~two~~'],
    ['Control+k', 'one [two]()'],
  ] as const;
  await field.pressSequentially('one two');
  for (const [key, expected] of cases) {
    await select(page, 4, 7);
    await field.press(key);
    expect(await field.inputValue()).toBe(expected);
    await field.press('Control+z');
    expect(await field.inputValue()).toBe('one two');
  }

  await page.evaluate(() => navigator.clipboard.writeText('https://a.example/'));
  await select(page, 4, 7);
  await field.press('Control+v');
  expect(await field.inputValue()).toBe('one [two](https://a.example/)');
  await field.press('Control+z');
  expect(await field.inputValue()).toBe('one two');

  await page.getByRole('button', { name: 'Formatting' }).click();
  await page.getByRole('button', { name: 'Quote' }).click();
  expect(await field.inputValue()).toBe('> one two');
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await field.press('Enter');
  await expect.poll(() => said(app, ann, 'garden')).toEqual(['> one two']);
});
