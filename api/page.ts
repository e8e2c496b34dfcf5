import { Refusal } from './errors.ts';

export const PAGE_MAX_SIZE = 500;
export const PAGE_DEFAULT_SIZE = 50;
/** Counting a list further would take longer than it is worth. */
export const COUNTED_AT_MOST = 100_000;

/** The arguments of a connection, by the Relay cursor connections specification. */
export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** How a list is ordered that can be in more than one way. */
export interface Order<Field extends string> {
  field: Field;
  /** Ascending where it is left out. */
  direction?: Direction | null | undefined;
}

export type Direction = 'ASC' | 'DESC';

export interface Page {
  limit: number;
  /** Whether the page is the last so many before `before` rather than the first past `after`. */
  backwards: boolean;
  after: string | null;
  before: string | null;
}

/** @throws Refusal INVALID_INPUT for `first` beside `last`, and for sizes out of range. */
export function readPageArguments({ first, after, last, before }: PageArguments): Page {
  if (typeof first === 'number' && typeof last === 'number') {
    throw new Refusal('INVALID_INPUT', 'Give first or last, not both.', { field: 'last' });
  }
  checkSize('first', first);
  checkSize('last', last);
  return {
    limit: first ?? last ?? PAGE_DEFAULT_SIZE,
    backwards: typeof last === 'number' || (typeof first !== 'number' && !!before && !after),
    after: after ?? null,
    before: before ?? null,
  };
}

function checkSize(field: string, size: number | null | undefined): void {
  if (typeof size === 'number' && (size < 0 || size > PAGE_MAX_SIZE)) {
    throw new Refusal('INVALID_INPUT', `${field} is a number from 0 to ${PAGE_MAX_SIZE}.`, {
      field,
    });
  }
}
