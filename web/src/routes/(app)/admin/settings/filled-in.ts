/** Settings of the server as they are typed, and what is saved of them. */
import type {
  RegistrationPolicy,
  ServerSettingsFragment,
  UpdateServerSettingsInput,
} from '#lib/graphql/generated/graphql.ts';
import type { Refusal } from '#lib/graphql/refusal.ts';
import { fromMebibytes, inMebibytes } from './sizes.ts';

export interface FilledIn {
  name: string;
  registration: RegistrationPolicy;
  /** In mebibytes. */
  maxUploadBytes: string;
  maxFilesPerMessage: string;
  /** With commas between. */
  uploadTypes: string;
}

export const filledIn = (settings: ServerSettingsFragment): FilledIn => ({
  name: settings.name,
  registration: settings.registration,
  maxUploadBytes: inMebibytes(settings.maxUploadBytes),
  maxFilesPerMessage: `${settings.maxFilesPerMessage}`,
  uploadTypes: settings.uploadTypes.join(', '),
});

/** What the API takes of it. To it null means the default, so what is no number must not become one. */
export function inputOf({
  maxUploadBytes,
  maxFilesPerMessage,
  uploadTypes,
  ...rest
}: Partial<FilledIn>): { input: UpdateServerSettingsInput } | { refusal: Refusal } {
  const input: UpdateServerSettingsInput = rest;
  if (maxUploadBytes !== undefined) {
    const bytes = fromMebibytes(maxUploadBytes);
    if (bytes === null) return { refusal: refuse('maxUploadBytes', 'Give a size in MiB.') };
    input.maxUploadBytes = bytes;
  }
  if (maxFilesPerMessage !== undefined) {
    if (!/^\s*\d+\s*$/.test(maxFilesPerMessage)) {
      return { refusal: refuse('maxFilesPerMessage', 'Give a whole number.') };
    }
    input.maxFilesPerMessage = Number(maxFilesPerMessage);
  }
  if (uploadTypes !== undefined) {
    input.uploadTypes = uploadTypes.split(',').flatMap((type) => type.trim() || []);
  }
  return { input };
}

const refuse = (field: string, message: string): Refusal => ({
  ...{ code: 'INVALID_INPUT', message, field },
});
