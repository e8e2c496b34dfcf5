import type { Handle, HandleFetch, HandleServerError } from '@sveltejs/kit/hooks';
import { readTheme, THEME_COOKIE } from '#lib/state/theme.ts';

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.setCookies = [];
  const theme = readTheme(event.cookies.get(THEME_COOKIE));
  const response = await resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%parley.theme%', theme),
    // The API client of the browser reads it from the response that is inlined for hydration.
    filterSerializedResponseHeaders: (name) => name === 'content-type',
  });
  // A session that the API began or ended in a form action reaches the browser as the API spelt it.
  for (const cookie of event.locals.setCookies) response.headers.append('set-cookie', cookie);
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
};

/** Operations of a page that is being rendered do not leave the process, and carry the visitor's session. */
export const handleFetch: HandleFetch = async ({ event, request, fetch }) => {
  const url = new URL(request.url);
  const embedded = event.platform?.req.parley;
  if (url.origin !== event.url.origin || url.pathname !== '/graphql') return fetch(request);

  for (const name of ['cookie', 'user-agent', 'accept-language']) {
    const value = event.request.headers.get(name);
    if (value) request.headers.set(name, value);
  }
  request.headers.set('origin', event.url.origin);
  // Nothing that travels adds it, and the API compares it with the origin before it trusts the cookie.
  if (embedded) request.headers.set('host', event.url.host);
  const response = await (embedded ?? globalThis).fetch(request);
  event.locals.setCookies.push(...response.headers.getSetCookie());
  return response;
};

export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind === 'framework') {
    return { hint: 'The address may be mistyped, or what was here is gone.' };
  }
  if (kind === 'unknown') {
    console.error(`web: ${event.request.method} ${event.url.pathname}`, error);
    return {
      message: 'This page could not be made',
      hint: 'It is a fault of the server and has been logged. Try again in a moment.',
    };
  }
};
