import { error } from '@sveltejs/kit';
import type { LayoutLoad } from './$types';

/** For all others these pages are not there. */
export const load: LayoutLoad = async ({ parent }) => {
  const { me } = await parent();
  if (me.role === 'MEMBER') error(404, { message: 'Not Found', hint: NOT_FOUND_HINT });
};

/** The same as of an address that leads nowhere. */
const NOT_FOUND_HINT = 'The address may be mistyped, or what was here is gone.';
