import { onServer } from '../access.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import {
  ADJUSTABLE,
  ADJUSTABLE_NAMES,
  type AdjustableName,
  type AdjustableSettings,
  DEFAULTS,
  InvalidSetting,
  readAdjustable,
} from '../config.ts';
import type { Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { ServerSettings } from '../generated/prisma/client.ts';
import type { Viewer } from '../viewer.ts';
import { type CurrentSettings, readRow } from './settings.ts';

/** Null goes back to the default; what is left out stays as it is. */
export type SettingsInput = {
  [Name in AdjustableName]?: AdjustableSettings[Name] | null | undefined;
};

type Parts = Pick<App, 'bus' | 'db' | 'settings'>;

/**
 * Sets some of them, for all processes.
 * @throws Refusal FORBIDDEN for all but administrators; INVALID_INPUT; CONFLICT for what the environment fixes.
 */
export async function updateServerSettings(
  app: Parts,
  viewer: Viewer,
  input: SettingsInput,
): Promise<CurrentSettings> {
  onServer(viewer, 'administer');
  const given = ADJUSTABLE_NAMES.filter((name) => input[name] !== undefined);
  for (const name of given) requireAdjustable(app, name);
  const wanted = Object.fromEntries(given.map((name) => [name, check(name, input[name])]));
  await app.db.commit(async (tx, afterCommit) => {
    const before = readRow(await holdSettings(tx));
    const changed = given.filter((name) => textOf(before[name]) !== wanted[name]);
    if (changed.length === 0) return;
    await tx.serverSettings.update({
      where: { id: 1 },
      data: Object.fromEntries(changed.map((name) => [name, valueOf(name, wanted[name] ?? null)])),
    });
    const effective = (values: (name: AdjustableName) => string | null) =>
      Object.fromEntries(changed.map((name) => [name, values(name) ?? textOf(DEFAULTS[name])]));
    await recordDeed(tx, viewer, {
      action: 'SETTINGS_CHANGED',
      before: effective((name) => textOf(before[name])),
      after: effective((name) => wanted[name] ?? null),
    });
    afterCommit(() => app.bus.publish('settings', null));
  });
  await app.settings.renew();
  return app.settings.current;
}

/** The row of settings, held against other changes to the end of the transaction. */
export async function holdSettings(tx: Tx): Promise<ServerSettings> {
  await tx.$executeRaw`INSERT INTO server_settings (id) VALUES (1) ON CONFLICT DO NOTHING`;
  await tx.$queryRaw`SELECT FROM server_settings FOR UPDATE`;
  return tx.serverSettings.findFirstOrThrow();
}

function requireAdjustable({ settings }: Parts, name: AdjustableName): void {
  if (!settings.current.fixed.includes(name)) return;
  const message = `The environment variable ${ADJUSTABLE[name]} fixes this: unset it to change it here.`;
  throw new Refusal('CONFLICT', message, { field: name });
}

/** In the form of the environment, which has one rule for both. */
function check<Name extends AdjustableName>(
  name: Name,
  value: AdjustableSettings[Name] | null | undefined,
): string | null {
  if (value === null || value === undefined) return null;
  try {
    return textOf(readAdjustable(name, String(value)));
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new Refusal('INVALID_INPUT', error.message, { field: name });
  }
}

/** As it would be written in the environment; null for nothing. */
export function textOf(value: AdjustableSettings[AdjustableName] | undefined): string | null {
  return value === undefined ? null : String(value);
}

/** As its column has it. */
function valueOf(name: AdjustableName, text: string | null): string | number | null {
  return text !== null && typeof DEFAULTS[name] === 'number' ? Number(text) : text;
}
