import { error } from '@sveltejs/kit';
import { modelAt } from '../models.ts';
import { readList } from '../records/list-state.ts';
import type { PageLoad } from './$types';

/** A list, as its address says; what it cannot be loaded for is told in its place. */
export const load: PageLoad = async ({ parent, params, url, depends }) => {
  depends('parley:admin');
  const { api } = await parent();
  const model = modelAt(params.model);
  if (!model) error(404, { message: 'Not Found', hint: 'There is no such page.' });
  const state = readList(model, url.searchParams);
  return { path: params.model, state, listed: await model.list(api, state) };
};
