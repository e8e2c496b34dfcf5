import { createHash, randomBytes } from 'node:crypto';

/** A secret that is shown once (a session's token, an invitation's code) and what is kept of it. */
export interface Secret {
  /** 256 random bits in base64url. */
  text: string;
  /** SHA-256: enough for what nobody could guess, and quick to look up. */
  hash: Uint8Array<ArrayBuffer>;
}

export function createSecret(): Secret {
  const text = randomBytes(32).toString('base64url');
  return { text, hash: hashSecret(text) };
}

export function hashSecret(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(text).digest());
}
