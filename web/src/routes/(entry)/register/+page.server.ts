import { fail, redirect } from '@sveltejs/kit';
import { RegisterDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/operation.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { safeRedirect } from '#lib/redirect.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async ({ request, fetch, url }) => {
    const form = await request.formData();
    const entered = {
      displayName: String(form.get('displayName') ?? '').trim(),
      username: String(form.get('username') ?? '').trim(),
      invitation: String(form.get('invitation') ?? '').trim(),
    };
    const { error } = await mutate(fetch, RegisterDocument, {
      input: {
        username: entered.username,
        password: String(form.get('password') ?? ''),
        displayName: entered.displayName || null,
        invitation: entered.invitation || null,
      },
    });
    if (error) {
      const { field, message } = refusalOf(error);
      return fail(400, { ...entered, field, message });
    }
    redirect(303, safeRedirect(url.searchParams.get('redirectTo')));
  },
};
