import { expect, test } from 'vitest';
import type { ServerSettingsFragment } from '#lib/graphql/generated/graphql.ts';
import { filledIn, inputOf } from './filled-in.ts';

const settings: ServerSettingsFragment = {
  ...{ name: 'The Orchard', registration: 'OPEN', maxUploadBytes: 1_572_864 },
  ...{ maxFilesPerMessage: 10, uploadTypes: ['image/*', 'text/plain'], logoUrl: null },
  ...{ fixed: [], set: [] },
};

test('settings that are filled in as they are come out as they were', () => {
  const { maxUploadBytes, maxFilesPerMessage, uploadTypes, name, registration } = settings;
  expect(inputOf(filledIn(settings))).toEqual({
    input: { maxUploadBytes, maxFilesPerMessage, uploadTypes, name, registration },
  });
});

test.each([
  [{ maxUploadBytes: 'big' }, 'maxUploadBytes'],
  [{ maxFilesPerMessage: 'many' }, 'maxFilesPerMessage'],
  [{ maxFilesPerMessage: ' ' }, 'maxFilesPerMessage'],
  [{ maxFilesPerMessage: '1.5' }, 'maxFilesPerMessage'],
])('%j is refused, rather than taken for the default', (typed, field) => {
  expect(inputOf(typed)).toMatchObject({ refusal: { code: 'INVALID_INPUT', field } });
});

test('what is left out stays as it is', () => {
  expect(inputOf({ name: 'The Allotment' })).toEqual({ input: { name: 'The Allotment' } });
});
