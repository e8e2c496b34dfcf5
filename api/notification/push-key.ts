import { createECDH } from 'node:crypto';
import type { Db } from '../db.ts';

/** In base64url. */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

/**
 * The keys by which push services know this server, for good: browsers subscribe to one key, and forget
 * it with their subscription. Whichever process needs them first makes them for all.
 */
export async function readPushKeys(db: Db): Promise<PushKeys> {
  const found = await db.prisma.pushKey.findFirst();
  if (found) return found;
  await db.prisma.pushKey.createMany({ data: [createKeys()], skipDuplicates: true });
  return db.prisma.pushKey.findFirstOrThrow();
}

/** A pair on P-256, by RFC 8292, 3.2. */
function createKeys(): PushKeys {
  const curve = createECDH('prime256v1');
  const publicKey = curve.generateKeys('base64url');
  // Leading zeros are part of it.
  const privateKey = curve.getPrivateKey('hex').padStart(64, '0');
  return { publicKey, privateKey: Buffer.from(privateKey, 'hex').toString('base64url') };
}
