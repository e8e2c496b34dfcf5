/** The server's logo: kept like the pictures of people, under a name of its own, which its settings have. */
import { randomUUID } from 'node:crypto';
import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import { holdSettings } from '../settings/update.ts';
import type { Viewer } from '../viewer.ts';
import { type PictureInput, storePicture } from './avatar.ts';

/** Pixels of each side: what an installed app asks for. */
const LOGO = { size: 512, fit: 'contain' } as const;

/** Where the logo is fetched; null where there is none. */
export function logoAddressOf(logoId: string | null): string | null {
  return logoId === null ? null : `/logo/${logoId}`;
}

/**
 * Gives the server a logo in the place of what it had.
 * @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; RATE_LIMITED; STORAGE_FULL
 */
export async function setServerLogo(app: App, viewer: Viewer, input: PictureInput): Promise<void> {
  const { user } = onServer(viewer, 'administer');
  await app.limits.take('upload', user.id);
  const logoId = randomUUID();
  await storePicture(app, logoId, { ...input, ...LOGO }, () => replaceLogo(app, viewer, logoId));
}

/** Takes the logo away. @throws Refusal FORBIDDEN for all but administrators. */
export async function removeServerLogo(app: App, viewer: Viewer): Promise<void> {
  onServer(viewer, 'administer');
  await replaceLogo(app, viewer, null);
}

async function replaceLogo(app: App, viewer: Viewer, logoId: string | null): Promise<void> {
  const former = await app.db.commit(async (tx, afterCommit) => {
    const { logoId: before } = await holdSettings(tx);
    if (before === logoId) return null;
    await tx.serverSettings.update({ where: { id: 1 }, data: { logoId } });
    await recordDeed(tx, viewer, {
      action: 'SETTINGS_CHANGED',
      before: { logo: logoAddressOf(before) },
      after: { logo: logoAddressOf(logoId) },
    });
    afterCommit(() => app.bus.publish('settings', null));
    return before;
  });
  await app.settings.renew();
  // What is not removed now is the sweep's.
  if (former) {
    await app.storage.remove([former]).catch((error: unknown) => {
      app.log.warn({ err: error }, 'The former logo could not be removed');
    });
  }
}
