import type { PageServerLoad } from './$types';
import { LAST_ROOM_COOKIE } from '#lib/state/last-room.ts';

export const load: PageServerLoad = ({ cookies }) => ({ lastRoom: cookies.get(LAST_ROOM_COOKIE) });
