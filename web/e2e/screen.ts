import type { Page } from 'playwright-core';
import { parseContent } from '../../text/content.ts';
import { viewport } from './visitor.ts';

const CLICK_TIMEOUT_MS = 1_000;

interface Shown {
  key: string;
  text: string;
}

/** The text of a message on screen: without the signs of its Markdown. */
export function shownAs(body: string): string {
  return parseContent(body)
    .flatMap(({ spans }) => spans.map(({ text }) => text))
    .join('');
}

/** What is on screen now, in its order. */
function shown(page: Page): Promise<Shown[]> {
  return page.locator('[role=log] article[data-key]').evaluateAll((articles) =>
    articles.map((article) => ({
      key: (article as HTMLElement).dataset.key!,
      text: article.querySelector('.text')?.textContent ?? '',
    })),
  );
}

/**
 * The texts of a whole room as a reader meets them who pages from its end up to its first message.
 * Throws where a message comes twice, or what was met before is found in another order.
 */
export async function readUpwards(page: Page): Promise<string[]> {
  const view = viewport(page);
  await toLatest(page);
  let met = await shown(page);
  for (;;) {
    const before = met.length;
    // A tug downwards first: at the very top there is no further scrolling, and no event of it.
    await view.evaluate((element) => {
      element.scrollTop = Math.max(element.scrollTop - element.clientHeight * 2, 1);
      element.scrollTop = Math.max(element.scrollTop - 1, 0);
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 30)));
    met = prepend(await shown(page), met);
    const atTop = await view.evaluate((element) => element.scrollTop === 0);
    const begins = await page.getByText('This is where the room begins').isVisible();
    if (atTop && begins && met.length === before) break;
  }
  const keys = new Set(met.map(({ key }) => key));
  if (keys.size !== met.length) throw new Error(`${met.length - keys.size} messages came twice`);
  return met.map(({ text }) => text);
}

/** A room opens at what is unread, which may be far from its end. */
async function toLatest(page: Page): Promise<void> {
  const view = viewport(page);
  await view.evaluate((element) => (element.scrollTop = element.scrollHeight));
  const button = page.getByRole('button', { name: /^To the latest messages$|^\d+ new$/ });
  // It goes by itself, too, once the end is reached.
  while (await button.count()) await button.click({ timeout: CLICK_TIMEOUT_MS }).catch(() => {});
}

/** Puts what lies above in front of what was met; both must agree where they overlap. */
function prepend(page: Shown[], met: Shown[]): Shown[] {
  const seam = page.findIndex(({ key }) => key === met[0]?.key);
  if (seam === -1) throw new Error('the screen jumped past messages');
  const overlap = page.slice(seam);
  for (const [index, { key }] of overlap.entries()) {
    if (met[index]?.key !== key) throw new Error(`order differs at ${met[index]?.text}`);
  }
  return [...page.slice(0, seam), ...met];
}
