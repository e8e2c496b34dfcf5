/**
 * Where to go after logging in: a path of this origin, or home. Anything else that a link could have carried
 * (another origin, `//host`, `javascript:`, a backslash that browsers read as a slash) is ignored.
 */
export function safeRedirect(target: string | null, fallback = '/'): string {
  if (!target?.startsWith('/')) return fallback;
  const base = 'http://parley.invalid';
  try {
    const url = new URL(target, base);
    return url.origin === base ? url.pathname + url.search + url.hash : fallback;
  } catch {
    return fallback;
  }
}

/** The login page that returns to a path. */
export function loginPath(path: string): string {
  return path === '/' ? '/login' : `/login?redirectTo=${encodeURIComponent(path)}`;
}
