import { buildSchema, type GraphQLEnumType } from 'graphql';
import { expect, test } from 'vitest';
import { readDocument } from '../scripts/documented.ts';
import { type ErrorCode, isPassing, ParleyError, refusalOf } from './src/error.ts';

/** Whether coming back may help, of each code of the schema. */
const CODES: Record<ErrorCode, boolean> = {
  UNAUTHENTICATED: false,
  FORBIDDEN: false,
  NOT_FOUND: false,
  INVALID_INPUT: false,
  CONFLICT: false,
  RATE_LIMITED: true,
  RESYNC_REQUIRED: false,
  TOO_COMPLEX: false,
  STORAGE_FULL: false,
  UNAVAILABLE: true,
  INTERNAL: false,
};

test('the client knows the codes that the schema has, and no others', () => {
  const { ErrorCode } = buildSchema(readDocument('schema.graphql')).getTypeMap();
  const values = (ErrorCode as GraphQLEnumType).getValues().map(({ name }) => name);
  expect(Object.keys(CODES).sort()).toEqual(values.sort());
});

test('only what may pass is tried again', () => {
  for (const [code, passes] of Object.entries(CODES)) {
    expect(isPassing(new ParleyError(code, '')), code).toBe(passes);
  }
  expect(isPassing(new ParleyError('OFFLINE', ''))).toBe(true);
  expect(isPassing(new TypeError('A fault of the program.'))).toBe(false);
});

test('an error without a code is the document’s, and no answer is no server’s', () => {
  expect(refusalOf([{ message: 'No such field.' }])).toMatchObject({
    code: 'INVALID_DOCUMENT',
    message: 'No such field.',
  });
  expect(refusalOf([]).code).toBe('OFFLINE');
});
