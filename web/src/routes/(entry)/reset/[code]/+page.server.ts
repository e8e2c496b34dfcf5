import { fail } from '@sveltejs/kit';
import { ResetPasswordDocument } from '#lib/graphql/generated/graphql.ts';
import { mutate } from '#lib/graphql/operation.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData();
    const input = { code: params.code, newPassword: String(form.get('newPassword') ?? '') };
    const { data, error } = await mutate(fetch, ResetPasswordDocument, { input });
    if (error || !data) {
      const { field, message } = refusalOf(error!);
      return fail(400, { username: null, field, message });
    }
    return { username: data.resetPassword.user.username, field: undefined, message: undefined };
  },
};
