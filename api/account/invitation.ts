import { onServer } from '../access.ts';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { isUuid } from '../node-id.ts';
import { createSecret, hashSecret } from './secret.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_USES = 1_000;
const MAX_DAYS = 365;

/**
 * Makes a code with which so many people may register while REGISTRATION is `invite`.
 * @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT for numbers out of range.
 */
export async function createInvitation(
  app: App,
  viewer: Viewer,
  { maxUses, expiresInDays }: { maxUses: number; expiresInDays: number },
): Promise<{ code: string; expiresAt: Date }> {
  const { user } = onServer(viewer, 'administer');
  checkRange('maxUses', maxUses, MAX_USES);
  checkRange('expiresInDays', expiresInDays, MAX_DAYS);
  const secret = createSecret();
  const expiresAt = new Date(Date.now() + expiresInDays * DAY_MS);
  await app.db.commit(async (tx) => {
    await tx.invitation.create({
      data: { codeHash: secret.hash, createdById: user.id, usesLeft: maxUses, expiresAt },
    });
    const after = { maxUses, expiresAt: expiresAt.toISOString() };
    await recordDeed(tx, viewer, { action: 'INVITATION_CREATED', after });
  });
  return { code: secret.text, expiresAt };
}

/**
 * Ends an invitation; who has registered by it stays.
 * @throws Refusal FORBIDDEN for all but administrators; NOT_FOUND
 */
export async function revokeInvitation(
  app: App,
  viewer: Viewer,
  { invitationId }: { invitationId: string },
): Promise<void> {
  onServer(viewer, 'administer');
  await app.db.commit(async (tx) => {
    const where = { id: invitationId };
    const invitation = isUuid(invitationId)
      ? await tx.invitation.findUnique({ where, include: { createdBy: true } })
      : null;
    if (!invitation || (await tx.invitation.deleteMany({ where })).count === 0) {
      throw new Refusal('NOT_FOUND', 'There is no such invitation.');
    }
    const { createdBy: user, usesLeft } = invitation;
    await recordDeed(tx, viewer, { action: 'INVITATION_REVOKED', user, before: { usesLeft } });
  });
}

/**
 * Takes one use of an invitation, within the transaction that makes the account.
 * @throws Refusal FORBIDDEN where there is no such invitation, or it is used up or over.
 */
export async function useInvitation(tx: Tx, code: string | null): Promise<void> {
  const used = await tx.invitation.updateMany({
    where: {
      codeHash: hashSecret(code ?? ''),
      usesLeft: { gt: 0 },
      expiresAt: { gt: new Date() },
    },
    data: { usesLeft: { decrement: 1 } },
  });
  if (used.count === 0) {
    throw new Refusal('FORBIDDEN', 'Registering here takes an invitation that is still valid.', {
      field: 'invitation',
    });
  }
}

function checkRange(field: string, value: number, most: number): void {
  if (value < 1 || value > most) {
    throw new Refusal('INVALID_INPUT', `${field} is a number from 1 to ${most}.`, { field });
  }
}
