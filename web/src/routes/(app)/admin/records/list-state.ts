/** A list's search, order, filters and place, as the address has them: what is shared shows the same. */
import type { Model, Order } from './model.ts';

export const SIZES = [25, 50, 100] as const;
const [DEFAULT_SIZE] = SIZES;

export interface ListState {
  search: string;
  /** Null where the list has none. */
  order: { field: string; direction: 'ASC' | 'DESC' } | null;
  filters: Readonly<Record<string, string>>;
  size: number;
  after: string | null;
  before: string | null;
  /** The row of which all is told beside the list. */
  open: string | null;
}

/** What an address does not say is as the model begins: by its first order. */
export function readList(
  { orders, filters }: Pick<Model, 'orders' | 'filters'>,
  params: URLSearchParams,
): ListState {
  const size = Number(params.get('size'));
  return {
    search: params.get('search')?.trim() ?? '',
    order: readOrder(orders, params.get('sort')),
    filters: Object.fromEntries(
      filters.flatMap(({ key }) => {
        const value = params.get(key);
        return value ? [[key, value]] : [];
      }),
    ),
    size: SIZES.find((one) => one === size) ?? DEFAULT_SIZE,
    after: params.get('after'),
    before: params.get('before'),
    open: params.get('open'),
  };
}

function readOrder(orders: readonly Order[], sort: string | null): ListState['order'] {
  const name = sort?.replace(/^-/, '');
  const found = orders.find(({ field }) => nameOf(field) === name);
  if (found) return { field: found.field, direction: sort?.startsWith('-') ? 'DESC' : 'ASC' };
  const [first] = orders;
  return first ? { field: first.field, direction: first.first } : null;
}

/** CREATED_AT is `created-at` in an address. */
const nameOf = (field: string) => field.toLowerCase().replaceAll('_', '-');

/** The query of an address, in one spelling for each state. */
export function writeList(
  { orders }: Pick<Model, 'orders'>,
  { search, order, filters, size, after, before, open }: ListState,
): string {
  const [first] = orders;
  const isFirst = order?.field === first?.field && order?.direction === first?.first;
  const params = new URLSearchParams();
  if (search) params.set('search', search);
  for (const [key, value] of Object.entries(filters).sort()) if (value) params.set(key, value);
  if (order && !isFirst) {
    params.set('sort', `${order.direction === 'DESC' ? '-' : ''}${nameOf(order.field)}`);
  }
  if (size !== DEFAULT_SIZE) params.set('size', String(size));
  if (after) params.set('after', after);
  if (before) params.set('before', before);
  if (open) params.set('open', open);
  const query = params.toString();
  return query ? `?${query}` : '';
}

/** Something else of the same list, from its first page on. */
export const changed = (state: ListState, change: Partial<ListState>): ListState => ({
  ...state,
  after: null,
  before: null,
  open: null,
  ...change,
});

/** The order that a click on a column's head leads to: the other way round where it is in force already. */
export function turned(
  orders: readonly Order[],
  { order }: ListState,
  field: string,
): ListState['order'] {
  if (order?.field === field) {
    return { field, direction: order.direction === 'ASC' ? 'DESC' : 'ASC' };
  }
  return { field, direction: orders.find((one) => one.field === field)?.first ?? 'ASC' };
}

/** What all lists of the API take. */
export function variablesOf(model: Pick<Model, 'filters'>, state: ListState) {
  const { search, order, filters, size, after, before } = state;
  const chosen = model.filters.filter(({ key }) => filters[key]);
  const inputOf = (ones: typeof chosen): Record<string, unknown> =>
    Object.assign({}, ...ones.map(({ key, input }) => input(filters[key]!)));
  const filter = inputOf(chosen.filter(({ isArgument }) => !isArgument));
  return {
    search: search || null,
    orderBy: order,
    filter: Object.keys(filter).length > 0 ? filter : null,
    ...inputOf(chosen.filter(({ isArgument }) => isArgument)),
    ...(before ? { last: size, before } : { first: size, after }),
  };
}
