/** What lists have in common in the schema: how clients say in which order they want them, and how long they are. */
import { builder } from './builder.ts';
import { COUNTED_AT_MOST, type Direction } from './page.ts';

const SortDirection = builder.enumType('SortDirection', {
  description: 'Which end of a list comes first.',
  values: {
    ASC: { description: 'The smallest, the earliest, the first of the alphabet.' },
    DESC: { description: 'The largest, the latest, the last of the alphabet.' },
  },
});

/**
 * The input that orders a list, with an enum of what it is ordered by.
 * @param fields by what, each with its description
 */
export function orderInput<Field extends string>(list: string, fields: Record<Field, string>) {
  const type = builder.enumType(`${list}OrderField`, {
    description: 'By what a list is ordered.',
    values: Object.fromEntries(
      Object.entries<string>(fields).map(([field, description]) => [
        field,
        { value: field as Field, description },
      ]),
    ),
  });
  return builder.inputType(`${list}Order`, {
    description: 'How a list is ordered.',
    fields: (t) => ({
      field: t.field({ type, description: 'By what.' }),
      direction: t.field({
        type: SortDirection,
        required: false,
        defaultValue: 'ASC',
        description: 'Which end comes first.',
      }),
    }),
  });
}

/** Which way a list of one order goes; undefined where it is not said. */
export function directionOf(
  order: { direction?: Direction | null | undefined } | null | undefined,
): Direction | undefined {
  return order ? (order.direction ?? 'ASC') : undefined;
}

export const COUNT = `How many there are on all pages; ${COUNTED_AT_MOST} stands for so many or more.`;

/** Of connections that are given `totalCount`, which Pothos leaves without a description. */
export function countOf(connection: object): Promise<number> {
  return (connection as { totalCount: () => Promise<number> }).totalCount();
}
