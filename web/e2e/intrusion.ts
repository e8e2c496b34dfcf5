import type { BrowserContext } from 'playwright-core';

/** What a script could do that got in, and what the page's policy has stopped. */
export async function watch(context: BrowserContext): Promise<string[]> {
  const seen: string[] = [];
  await context.exposeFunction('__seen', (what: string) => void seen.push(what));
  await context.addInitScript(() => {
    const report = (what: string) =>
      (window as unknown as { __seen(what: string): void }).__seen(what);
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
