const YEAR_S = 365 * 24 * 60 * 60;

/** Keeps a harmless preference of this browser where the server can read it when it renders the next page. */
export function writePreferenceCookie(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
}
