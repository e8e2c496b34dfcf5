import { redirect } from '@sveltejs/kit';
import { safeRedirect } from '#lib/redirect.ts';
import type { LayoutLoad } from './$types';

/** Who is logged in has no business here, but with a link for a new password, which may be another's. */
export const load: LayoutLoad = async ({ parent, route, url }) => {
  const { me, server } = await parent();
  if (me && route.id !== '/(entry)/reset/[code]')
    redirect(303, safeRedirect(url.searchParams.get('redirectTo')));
  return { server };
};
