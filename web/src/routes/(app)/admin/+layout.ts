import { error } from '@sveltejs/kit';
import { ViewerDocument } from '#lib/graphql/generated/graphql.ts';
import type { LayoutLoad } from './$types';

/** For all others these pages are not there. Whoever has become an administrator since the app was opened is known to the cache. */
export const load: LayoutLoad = async ({ parent }) => {
  const { api, me } = await parent();
  const { data } = await api.client.query(ViewerDocument, {});
  const { role } = data?.me ?? me;
  if (role === 'MEMBER') error(404, { message: 'Not Found', hint: NOT_FOUND_HINT });
};

/** The same as of an address that leads nowhere. */
const NOT_FOUND_HINT = 'The address may be mistyped, or what was here is gone.';
