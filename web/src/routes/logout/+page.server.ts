import { redirect } from '@sveltejs/kit';
import { LogoutDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/operation.ts';
import type { Actions, PageServerLoad } from './$types';

/** Following a link logs nobody out; only the form does. */
export const load: PageServerLoad = () => redirect(303, '/');

export const actions: Actions = {
  default: async ({ fetch }) => {
    await mutate(fetch, LogoutDocument, {});
    redirect(303, '/login');
  },
};
