/** What is wrong with a page for those who use it otherwise than most. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Colours are compared at rest. */
export const settled = { reducedMotion: 'reduce' } as const;

/** What axe finds, with the elements that it is about. */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page: page as never }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Whether anything of a page is wider than the screen. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.viewport, .scroll')].some(
      (element) => element.scrollWidth > element.clientWidth,
    ),
  );
}
