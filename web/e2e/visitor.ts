import type { Page } from 'playwright-core';
import type { TestApp } from '../../api/test/harness.ts';
import { run } from '../../api/test/client.ts';
import { cookieOf, type TestPerson } from '../../api/test/people.ts';
import { openBrowser } from './browser.ts';

type Options = Parameters<typeof openBrowser>[0];

/** A browser in which a person has logged in before, on some page. */
export async function visit(app: TestApp, person: TestPerson, path: string, options?: Options) {
  const browser = await openBrowser({ baseURL: app.url, ...options });
  const { context, page } = browser;
  await context.addCookies([{ ...(await cookieOf(app.app, person)), url: app.url }]);
  await page.goto(path);
  await hydrated(page);
  return browser;
}

/** Once the page answers to more than links and forms. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor();
}

/** Says something through the API, as another client would. Gives the message's id. */
export async function say(
  app: TestApp,
  person: TestPerson,
  roomId: string,
  body: string,
  place: { replyToId?: string; threadId?: string; alsoInRoom?: boolean } = {},
): Promise<string> {
  const data = await run(
    app.url,
    'mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }',
    { input: { roomId, body, idempotencyKey: crypto.randomUUID(), ...place } },
    person.token,
  );
  return data.sendMessage.message.id;
}

/** Opens direct messages through the API. */
export async function openDirect(
  app: TestApp,
  person: TestPerson,
  ...others: TestPerson[]
): Promise<{ id: string; slug: string }> {
  const userIds = others.map(({ user }) => Buffer.from(`User:${user.id}`).toString('base64url'));
  const data = await run(
    app.url,
    'mutation($input: OpenDirectInput!) { openDirect(input: $input) { room { id slug } } }',
    { input: { userIds } },
    person.token,
  );
  return data.openDirect.room;
}

/** Fills a room with numbered messages. */
export async function fill(
  app: TestApp,
  person: TestPerson,
  roomId: string,
  count: number,
): Promise<void> {
  for (let n = 1; n <= count; n++) await say(app, person, roomId, `message ${n}`);
}

/** Leaves a person nothing to read, so that their rooms open at the end. */
export async function markAllRead(app: TestApp, person: TestPerson): Promise<void> {
  await run(app.url, 'mutation { markAllRead { roomCount } }', {}, person.token);
}

/** The bodies of a room's newest messages as the server has them, oldest first. */
export async function said(app: TestApp, person: TestPerson, slug: string): Promise<string[]> {
  const data = await run(
    app.url,
    'query($slug: String!) { room(slug: $slug) { messages(last: 50) { edges { node { body } } } } }',
    { slug },
    person.token,
  );
  return data.room.messages.edges.map((edge: { node: { body: string } }) => edge.node.body);
}

/** The texts of the messages on screen, in their order. */
export function shownTexts(page: Page): Promise<string[]> {
  return page.locator('[role=log] article .text').allTextContents();
}

/** The field in which messages are written. */
export const composer = (page: Page) => page.getByRole('textbox', { name: /^Message / });

/** What scrolls. */
export const viewport = (page: Page) => page.locator('.viewport');

/** Does something through the API, as another client would: `change(app, bob, 'editMessage', { … })`. */
export async function change(
  app: TestApp,
  person: TestPerson,
  mutation: string,
  input: Record<string, unknown>,
): Promise<void> {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
  const query = `mutation($input: ${type}) { ${mutation}(input: $input) { __typename } }`;
  await run(app.url, query, { input }, person.token);
}

/** The message on screen that says this. */
export const message = (page: Page, text: string) =>
  page.locator('[role=log] article').filter({
    has: page
      .locator('.text, .tombstone')
      .filter({ hasText: new RegExp(`^\\s*${RegExp.escape(text)}\\s*$`) }),
  });

/** Chooses from the menu of a message. */
export async function choose(page: Page, text: string, item: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
