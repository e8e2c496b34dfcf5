/** What the one dialog is asked to do. */
import type { Api } from '#lib/graphql/api.ts';
import type { Deed } from './deed.ts';
import { isRefused, type Model, type Row } from './model.ts';

/** A deed, and what it is to be done to; creating has one row that is not there yet. */
export interface Asked {
  deed: Deed<Row | null>;
  rows: readonly (Row | null)[];
  nameOf: (row: Row) => string;
}

/** With the record of now, where it can be looked up and the deed tells what is lost, or what may be changed. */
export async function asking<R extends Row>(
  api: Api,
  model: Model<R>,
  deed: Deed<R>,
  rows: readonly R[],
): Promise<Asked> {
  const [only] = rows;
  const isShown = deed.loses !== undefined || deed.fields?.some(({ initial }) => initial);
  const found = isShown && only && rows.length === 1 ? await model.find?.(api, only.id) : null;
  return {
    deed: deed as Deed<Row | null>,
    rows: found && !isRefused(found) ? [found] : rows,
    nameOf: (row) => model.nameOf(row as R),
  };
}

export const creating = (create: Deed<null>): Asked => ({
  deed: create as Deed<Row | null>,
  rows: [null],
  nameOf: () => '',
});
