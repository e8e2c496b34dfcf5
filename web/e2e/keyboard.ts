/** How somebody without a pointer gets about. */
import type { Page } from 'playwright-core';

type Role = Parameters<Page['getByRole']>[0];

/** More than any page has to be tabbed through. */
const MOST_STEPS = 200;

/** Presses Tab until the focus is on something of that name. */
export async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  await wanted.first().waitFor();
  const focused = wanted.and(page.locator(':focus'));
  for (let step = 0; step < MOST_STEPS && (await focused.count()) === 0; step++) {
    await page.keyboard.press('Tab');
  }
  await focused.waitFor();
}

/** Goes to what has that name and presses Enter. */
export async function press(page: Page, role: Role, name: string | RegExp): Promise<void> {
  await tabTo(page, role, name);
  await page.keyboard.press('Enter');
}

/** Chooses from the menu that is open. */
export async function choose(page: Page, label: string): Promise<void> {
  const item = page.getByRole('menuitem', { name: label });
  await item.waitFor();
  const focused = item.and(page.locator(':focus'));
  for (let step = 0; step < 20 && (await focused.count()) === 0; step++) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
}

/** Replaces what a field says. */
export async function write(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, 'textbox', label);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

/** Finds somebody or something by its name. */
export async function pick(page: Page, label: string, name: string): Promise<void> {
  await tabTo(page, 'combobox', label);
  await page.keyboard.type(name);
  await page.getByRole('option', { name, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  // The field is gone, and what takes its place has the focus.
  const chosen = page.getByRole('button', { name: `${label}: ${name}, choose another one` });
  await chosen.and(page.locator(':focus')).waitFor();
}
