import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { Refusal } from '../errors.ts';
import { countCharacters } from '../input.ts';

/** NIST SP 800-63B, 3.1.1.2: at least 8 characters, no composition rules, long ones welcome. */
export const PASSWORD_MIN_LENGTH = 8;
const PASSWORD_MAX_LENGTH = 256;

/** argon2id as the OWASP Password Storage Cheat Sheet gives it: 19 MiB, 2 passes, 1 lane. */
const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** At once; more would take memory and the cores from everybody else. */
const CONCURRENT_HASHES = 2;
/** In waiting; beyond it a log-in is refused rather than left to time out. */
const WAITING_HASHES = 1_000;

export interface Passwords {
  /**
   * Gives the hash in PHC format.
   * @param field the input field that a refusal names
   * @throws Refusal INVALID_INPUT, UNAVAILABLE
   */
  hash(password: string, field?: string): Promise<string>;
  /** Takes as long for an unknown account (null) as for a known one. @throws Refusal UNAVAILABLE */
  verify(stored: string | null, password: string): Promise<boolean>;
}

/** argon2id with a bound on what runs at once, and on what waits. */
export function createPasswords(waiting = WAITING_HASHES): Passwords {
  const queue = pLimit(CONCURRENT_HASHES);
  let nobodys: Promise<string> | null = null;

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (queue.pendingCount >= waiting) {
      throw new Refusal('UNAVAILABLE', 'Too many people are logging in. Try again in a moment.');
    }
    return queue(work);
  }

  return {
    async hash(password, field = 'password') {
      checkPassword(password, field);
      return enqueue(() => hash(password.normalize('NFKC'), ARGON2));
    },
    async verify(stored, password) {
      nobodys ??= hash('nobody’s password', ARGON2);
      const against = stored ?? (await nobodys);
      const tooLong = countCharacters(password) > PASSWORD_MAX_LENGTH;
      const candidate = tooLong ? '' : password.normalize('NFKC');
      return (await enqueue(() => verify(against, candidate))) && stored !== null;
    },
  };
}

function checkPassword(password: string, field: string): void {
  const length = countCharacters(password);
  if (length < PASSWORD_MIN_LENGTH || length > PASSWORD_MAX_LENGTH) {
    throw new Refusal(
      'INVALID_INPUT',
      `A password has ${PASSWORD_MIN_LENGTH} to ${PASSWORD_MAX_LENGTH} characters.`,
      { field },
    );
  }
}
