/** The browsers of a person that are reached by push while no page is open in them. */
import { createECDH, ECDH } from 'node:crypto';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { PushTarget } from './push-service.ts';

/** Of one person; the oldest makes way for another. */
export const SUBSCRIPTIONS_PER_USER = 20;
const AUTH_BYTES = 16;

/**
 * Has this session's browser told of what concerns the viewer, until the session ends. Again with the same
 * endpoint changes its keys, or whose it is.
 * @throws Refusal INVALID_INPUT, RATE_LIMITED
 */
export async function addPushSubscription(
  app: App,
  viewer: Viewer,
  { endpoint: typed, p256dh, auth }: PushTarget,
): Promise<void> {
  const { user, sessionId } = loggedIn(viewer);
  const endpoint = app.pushServices.requireEndpoint(typed).href;
  requireKeys(p256dh, auth);
  await app.limits.take('subscribeToPush', user.id);
  const data = { userId: user.id, sessionId, p256dh, auth };
  await app.db.commit(async (tx) => {
    // What another person's session was told of is not told of again.
    await tx.pushSubscription.deleteMany({ where: { endpoint, userId: { not: user.id } } });
    await tx.pushSubscription.upsert({
      where: { endpoint },
      create: { endpoint, ...data },
      update: data,
    });
    const older = await tx.pushSubscription.findMany({
      where: { userId: user.id, endpoint: { not: endpoint } },
      orderBy: { createdAt: 'desc' },
      skip: SUBSCRIPTIONS_PER_USER - 1,
      select: { id: true },
    });
    await tx.pushSubscription.deleteMany({ where: { id: { in: older.map(({ id }) => id) } } });
  });
}

/** Ends that; nothing happens where the viewer has no such subscription. */
export async function removePushSubscription(
  app: App,
  viewer: Viewer,
  { endpoint }: { endpoint: string },
): Promise<void> {
  const { user } = loggedIn(viewer);
  await app.db.prisma.pushSubscription.deleteMany({ where: { endpoint, userId: user.id } });
}

/** Forgets a browser that has given its subscription up. */
export async function forgetPushTarget(app: App, { endpoint }: PushTarget): Promise<void> {
  await app.db.prisma.pushSubscription.deleteMany({ where: { endpoint } });
}

/**
 * Sends a notification that says that notifications arrive.
 * @throws Refusal NOT_FOUND where the viewer has no such subscription, or its browser has given it up;
 * RATE_LIMITED; UNAVAILABLE where the push service does not take it.
 */
export async function testPushSubscription(
  app: App,
  viewer: Viewer,
  { endpoint }: { endpoint: string },
): Promise<void> {
  const { user } = loggedIn(viewer);
  const where = { endpoint, userId: user.id };
  const target = await app.db.prisma.pushSubscription.findUnique({ where });
  if (!target) throw noSubscription();
  await app.limits.take('testPush', user.id);
  const message = { payload: { kind: 'TEST' }, urgency: 'high', topic: 'test' } as const;
  const outcome = await app.pushServices.push(target, message).catch((error) => {
    app.log.warn({ err: error }, 'A test notification could not be sent');
    throw new Refusal('UNAVAILABLE', 'The push service of this browser did not take it.');
  });
  if (outcome === 'taken') return;
  await removePushSubscription(app, viewer, { endpoint });
  throw noSubscription();
}

function noSubscription(): Refusal {
  return new Refusal('NOT_FOUND', 'This browser is not subscribed. Turn notifications on again.');
}

/** @throws Refusal INVALID_INPUT for what nothing can be encrypted with (RFC 8291, 3). */
function requireKeys(p256dh: string, auth: string): void {
  const refuse = (field: string) => new Refusal('INVALID_INPUT', 'That is no key.', { field });
  if (Buffer.from(auth, 'base64url').length !== AUTH_BYTES) throw refuse('auth');
  try {
    const own = createECDH('prime256v1');
    own.generateKeys();
    own.computeSecret(
      ECDH.convertKey(p256dh, 'prime256v1', 'base64url', 'base64url') as string,
      'base64url',
    );
  } catch {
    throw refuse('p256dh');
  }
}
