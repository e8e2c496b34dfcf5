/**
 * A document as text that knows the types of its operation: what GraphQL Code Generator makes with
 * `documentMode: 'string'`. Plain text will do, and knows nothing.
 */
export interface TypedDocument<Data, Variables> {
  toString(): string;
  /** Never there: it only carries the types. */
  __apiType?: (variables: Variables) => Data;
}

/** What a call takes besides: variables may be left out where none is needed. */
export type WithVariables<Variables, Options> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];
