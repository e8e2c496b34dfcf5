import { writePreferenceCookie } from './preference-cookie.ts';

/** The room that `/` reopens; a cookie, since the server does the redirecting. */
export const LAST_ROOM_COOKIE = 'last-room';

export function rememberRoom(slug: string): void {
  writePreferenceCookie(LAST_ROOM_COOKIE, slug);
}
