import { randomBytes } from 'node:crypto';
import { Refusal } from '../errors.ts';
import { countCharacters } from '../input.ts';

export const SLUG_MAX_LENGTH = 64;
/** Letters and digits of any script, in words between single hyphens or underscores. */
const SLUG = /^[\p{L}\p{N}\p{M}]+(?:[-_][\p{L}\p{N}\p{M}]+)*$/u;

/** What direct messages have for an address: made up, and so long that nobody guesses it. */
const DIRECT_SLUG = /^dm-[0-9a-f]{32}$/;

export function makeDirectSlug(): string {
  return `dm-${randomBytes(16).toString('hex')}`;
}

/** The one spelling of a slug: what looks the same in an address is the same room. */
export function normalizeSlug(typed: string): string {
  return typed.normalize('NFKC').toLowerCase();
}

/** @throws Refusal INVALID_INPUT */
export function requireSlug(typed: string): string {
  const slug = normalizeSlug(typed);
  // Refused whether or not it is taken: a CONFLICT would tell which direct messages there are.
  if (DIRECT_SLUG.test(slug)) {
    throw new Refusal('INVALID_INPUT', 'Addresses of this kind are those of direct messages.', {
      field: 'slug',
    });
  }
  if (slug !== typed || !SLUG.test(slug) || countCharacters(slug) > SLUG_MAX_LENGTH) {
    throw new Refusal(
      'INVALID_INPUT',
      `A room’s address has up to ${SLUG_MAX_LENGTH} lower-case letters and digits, ` +
        'with single hyphens between words.',
      { field: 'slug' },
    );
  }
  return slug;
}
