import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { PASSWORD } from '../../api/test/people.ts';
import { openBrowser } from './browser.ts';
import { readUpwards, shownAs } from './screen.ts';
import { composer, hydrated } from './visitor.ts';

const EACH = 200;
/** All of it is work for two browsers: on a machine that has much else to do it takes its time. */
const TIMEOUT_MS = 400_000;

/** Of many scripts and directions, long, and of what would be code if it were taken for any. */
const BODIES = [
  'Good morning!',
  'Καλημέρα, доброе утро, 早上好, おはよう, 안녕하세요, สวัสดี, नमस्ते, Բարի լույս, გამარჯობა',
  'صباح الخير يا أصدقاء، كيف حالكم اليوم؟',
  'בוקר טוב (good morning) לכולם',
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇨🇭',
  '<script>document.title = "broken"</script><img src=x onerror=alert(1)>',
  'two\nlines\n\n  and an indented one',
  'https://example.org/a?b=c&d=<e> and **no** _markup_ `here`',
  'e\u0301 and é, ﬁ and fi, Z̸̢̛a̴l̷g̶o̵',
  'x'.repeat(8_000),
  '𝒳'.repeat(8_000),
];

const bodyOf = (who: string, index: number) =>
  index < BODIES.length ? BODIES[index]! : `${who} says ${index}: ${BODIES[index % 9]}`;

async function registerAs(page: Page, name: string): Promise<void> {
  await page.goto('/register');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL((url) => url.pathname === '/rooms');
  await hydrated(page);
}

async function sayAll(page: Page, who: string): Promise<void> {
  for (let index = 0; index < EACH; index++) {
    await composer(page).fill(bodyOf(who, index));
    await composer(page).press('Enter');
  }
}

test(
  'two people talk in two browsers: both see the same, in the same order, to the first message',
  { timeout: TIMEOUT_MS },
  async () => {
    await using app = await startWholeApp();
    await using one = await openBrowser({ baseURL: app.url });
    await using two = await openBrowser({ baseURL: app.url });
    const [ann, bob] = [one.page, two.page];
    const problems: string[] = [];
    for (const page of [ann, bob]) {
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('dialog', (dialog) => problems.push(`dialog ${dialog.message()}`));
      page.on('console', (entry) => {
        if (/Content.Security.Policy/i.test(entry.text())) problems.push(entry.text());
      });
    }

    await registerAs(ann, 'ann');
    await registerAs(bob, 'bob');
    // Ann makes a room by going where it is not yet, with one key.
    await ann.goto('/rooms/two-of-us');
    await hydrated(ann);
    await ann.keyboard.press('Enter');
    await composer(ann).waitFor();
    await bob.goto('/rooms/two-of-us');
    await hydrated(bob);
    await bob.getByRole('button', { name: /^Join/ }).click();
    await composer(bob).waitFor();

    await Promise.all([sayAll(ann, 'ann'), sayAll(bob, 'bob')]);

    const { token } = (
      await run<any>(
        app.url,
        `mutation { login(input: { username: "ann", password: "${PASSWORD}", session: TOKEN }) { token } }`,
      )
    ).login;
    const history = async (): Promise<string[]> => {
      const { room } = await run<any>(
        app.url,
        '{ room(slug: "two-of-us") { messages(first: 500) { edges { node { body } } } } }',
        {},
        token,
      );
      return room.messages.edges.map((edge: any) => edge.node.body);
    };
    await expect.poll(async () => (await history()).length, { timeout: 60_000 }).toBe(2 * EACH);
    const log = await history();
    for (const who of ['ann', 'bob']) {
      const own = log.filter((body) => body.startsWith(`${who} says`));
      expect(own).toEqual(
        Array.from({ length: EACH - BODIES.length }, (_, i) => bodyOf(who, i + BODIES.length)),
      );
    }

    const texts = log.map(shownAs);
    const read = async (page: Page) => {
      await page.getByText('Sending…').first().waitFor({ state: 'detached' });
      await expect
        .poll(() => page.locator('[role=log] article .text').last().textContent())
        .toBe(texts.at(-1));
      expect(await readUpwards(page)).toEqual(texts);
      await page.reload();
      await hydrated(page);
      // Where it was left, which is its first message.
      await page.getByText('This is where the room begins').waitFor();
      expect(await readUpwards(page)).toEqual(texts);
      expect(await page.title()).not.toContain('broken');
    };
    await Promise.all([ann, bob].map(read));
    expect(problems).toEqual([]);
    console.log(
      `pair: 2 browsers, ${2 * EACH} messages, the same list on both, also after a reload`,
    );
  },
);
