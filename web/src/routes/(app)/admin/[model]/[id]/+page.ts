import { error } from '@sveltejs/kit';
import { modelAt } from '../../models.ts';
import { isRefused } from '../../records/model.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, params, depends }) => {
  depends('parley:admin');
  const { api } = await parent();
  const model = modelAt(params.model);
  const found = await model?.find?.(api, params.id);
  if (!model || !found) {
    error(404, { message: 'Not Found', hint: 'It may have been deleted since.' });
  }
  if (isRefused(found)) {
    error(503, { message: 'This could not be opened', hint: found.refusal.message });
  }
  return { path: params.model, row: found };
};
