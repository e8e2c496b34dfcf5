import { redirect } from '@sveltejs/kit';
import { safeRedirect } from '#lib/redirect.ts';
import type { LayoutLoad } from './$types';

/** Who is logged in has no business here. */
export const load: LayoutLoad = async ({ parent, url }) => {
  const { me, server } = await parent();
  if (me) redirect(303, safeRedirect(url.searchParams.get('redirectTo')));
  return { server };
};
