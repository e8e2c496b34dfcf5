import type { Viewer } from './access.ts';
import { findSession, SESSION_TTL_MS, type StartedSession } from './account/session.ts';
import type { App } from './app.ts';
import { isForeign, isSecure } from './request.ts';

/** What every resolver is given. */
export interface Context {
  app: App;
  viewer: Viewer;
  /** Adds a Set-Cookie header to the answer; over a socket there is none, and nothing happens. */
  setCookie: (header: string) => void;
}

/** What is known of a request beside its body. */
export interface Caller {
  /** A header by its name in lower case. */
  header: (name: string) => string | null | undefined;
  address: string;
}

/**
 * Who is behind a request: by the token of its Authorization header, else by its cookie, unless the
 * request comes from a page of another origin.
 */
export async function identify(
  app: App,
  { header, address }: Caller,
  authorization = header('authorization'),
): Promise<Viewer> {
  const token = readToken(authorization);
  const foreign = isForeign(app.config, header);
  const cookie = foreign ? null : readCookie(app, header);
  const session = token
    ? await findSession(app, 'TOKEN', token)
    : cookie && (await findSession(app, 'COOKIE', cookie));
  return {
    user: session ? session.user : null,
    sessionId: session ? session.sessionId : null,
    address,
    userAgent: header('user-agent') ?? null,
    isForeign: foreign,
  };
}

/** RFC 6750, 2.1: `Bearer <token>`. */
export function readToken(authorization: unknown): string | null {
  return (
    /^Bearer +(\S+)$/i.exec(typeof authorization === 'string' ? authorization : '')?.[1] ?? null
  );
}

/** The request's session cookie. */
export function readCookie(app: App, header: Caller['header']): string | null {
  const name = cookieName(app);
  const pair = header('cookie')
    ?.split(/; */)
    .find((candidate) => candidate.startsWith(`${name}=`));
  return pair?.slice(name.length + 1) || null;
}

/** Hands a new session over: to a browser in a cookie, to a program as a token. */
export function handOver(context: Context, { user, kind, token }: StartedSession) {
  if (kind === 'TOKEN') return { user, token };
  context.setCookie(cookieHeader(context.app, token, SESSION_TTL_MS / 1000));
  return { user, token: null };
}

/** Makes the browser forget its session. */
export function dropCookie(context: Context): void {
  context.setCookie(cookieHeader(context.app, '', 0));
}

/** RFC 6265bis, 4.1.3.2: a browser takes `__Host-` cookies over https only, and for this host only. */
function cookieName(app: App): string {
  return isSecure(app.config) ? '__Host-parley' : 'parley';
}

function cookieHeader(app: App, value: string, maxAgeS: number): string {
  const secure = isSecure(app.config) ? '; Secure' : '';
  return `${cookieName(app)}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
}
