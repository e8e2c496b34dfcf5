import type { Viewer } from './viewer.ts';
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

/** What a request tells of whoever sent it, before anybody is looked up. */
export interface Caller {
  address: string;
  userAgent: string | null;
  /** Whether a page of another origin has sent it. */
  isForeign: boolean;
  /** The session's cookie. */
  cookie: string | null;
  /** The token of the Authorization header. */
  token: string | null;
}

/** @param header gives a header by its name in lower case */
export function readCaller(
  app: App,
  header: (name: string) => string | null | undefined,
  address: string,
): Caller {
  return {
    address,
    userAgent: header('user-agent') ?? null,
    isForeign: isForeign(app.config, header),
    cookie: readCookie(app, header('cookie')),
    token: readToken(header('authorization')),
  };
}

/**
 * Who is behind a request: by the token, else by the cookie, unless the request comes from a page of
 * another origin.
 */
export async function identify(
  app: App,
  { address, userAgent, isForeign: foreign, cookie, token }: Caller,
): Promise<Viewer> {
  const session = token
    ? await findSession(app, 'TOKEN', token)
    : cookie && !foreign
      ? await findSession(app, 'COOKIE', cookie)
      : null;
  return {
    user: session ? session.user : null,
    sessionId: session ? session.sessionId : null,
    address,
    userAgent,
    isForeign: foreign,
  };
}

/** @throws Refusal RATE_LIMITED where whoever asks has asked too much of late. */
export async function takeOperation(app: App, { user, address }: Viewer): Promise<void> {
  await app.limits.take('operate', user?.id ?? address);
}

/** RFC 6750, 2.1: `Bearer <token>`. */
export function readToken(authorization: unknown): string | null {
  return (
    /^Bearer +(\S+)$/i.exec(typeof authorization === 'string' ? authorization : '')?.[1] ?? null
  );
}

function readCookie(app: App, header: string | null | undefined): string | null {
  const name = cookieName(app);
  const pair = header?.split(/; */).find((candidate) => candidate.startsWith(`${name}=`));
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
