import { redirect } from '@sveltejs/kit';
import { InboxDocument } from '#lib/graphql/generated/graphql.ts';
import { loginPath } from '#lib/redirect.ts';
import type { LayoutLoad } from './$types';

/** Everything in here needs an account. The path is read untracked: moving between rooms loads nothing of this again. */
export const load: LayoutLoad = async ({ parent, url, untrack }) => {
  const { me, api } = await parent();
  if (!me) redirect(303, loginPath(untrack(() => url.pathname + url.search)));
  const { data } = await api.client.query(InboxDocument, {}, { requestPolicy: 'network-only' });
  return { me, inbox: data?.inbox ?? null };
};
