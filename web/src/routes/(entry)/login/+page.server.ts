import { fail, redirect } from '@sveltejs/kit';
import { LoginDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/operation.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { safeRedirect } from '#lib/redirect.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async ({ request, fetch, url }) => {
    const form = await request.formData();
    const username = String(form.get('username') ?? '').trim();
    const password = String(form.get('password') ?? '');
    const { error } = await mutate(fetch, LoginDocument, { input: { username, password } });
    if (error) {
      const { field, message } = refusalOf(error);
      return fail(400, { username, field, message });
    }
    redirect(303, safeRedirect(url.searchParams.get('redirectTo')));
  },
};
