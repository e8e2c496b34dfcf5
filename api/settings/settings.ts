/**
 * What administrators may set while the server runs. What the environment sets is fixed; else what is in the database holds,
 * else the default. Each process has all of it in memory. It reads the database again when the bus says that
 * something was set, and every SWEEP_MS and after a gap of the bus for what it was not told, as of a command
 * line without Redis.
 */
import {
  ADJUSTABLE_NAMES,
  type AdjustableName,
  type AdjustableSettings,
  type Config,
  DEFAULTS,
} from '../config.ts';
import type { Db, Tx } from '../db.ts';
import type { ServerSettings } from '../generated/prisma/client.ts';
import type { Bus } from '../live/bus.ts';
import type { Logger } from '../log.ts';

export const SETTINGS_SWEEP_MS = 10_000;

export interface CurrentSettings extends Readonly<AdjustableSettings> {
  /** The logo's name among the files; null for none. */
  readonly logoId: string | null;
  /** Those that the environment fixes. */
  readonly fixed: readonly AdjustableName[];
  /** Those that are set in the database and hold. */
  readonly set: readonly AdjustableName[];
}

interface Parts {
  config: Config;
  db: Db;
  bus: Bus;
  log: Logger;
}

export class Settings {
  readonly #parts: Parts;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #current: CurrentSettings;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /** Reads them, and keeps them up from then on. */
  static async open(parts: Parts): Promise<Settings> {
    const settings = new Settings(parts);
    await settings.renew();
    return settings;
  }

  private constructor(parts: Parts) {
    const { bus, log, config } = parts;
    this.#parts = parts;
    this.#current = settle(config, null);
    const renew = () =>
      void this.renew().catch((error: unknown) =>
        log.warn({ err: error }, 'The settings could not be read'),
      );
    this.#stopListening = bus.listen('settings', renew);
    bus.onGap((topics) => {
      for (const topic of topics) if (topic === 'settings') renew();
    });
    this.#timer = setInterval(renew, SETTINGS_SWEEP_MS).unref();
  }

  /** What holds, as far as this process has heard. */
  get current(): CurrentSettings {
    return this.#current;
  }

  /** What holds as the database has it now: for what must not be late. */
  async readNow(tx: Tx): Promise<CurrentSettings> {
    return settle(this.#parts.config, await tx.serverSettings.findFirst());
  }

  /** Resolves once this process has what is in the database now. */
  renew(): Promise<void> {
    // What is being read may have been read too early; whoever asks meanwhile shares the next reading.
    this.#next ??= this.#reading.then(() => {
      this.#next = null;
      const reading = this.#read();
      this.#reading = reading.catch(() => {});
      return reading;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopListening();
    await this.#reading;
  }

  async #read(): Promise<void> {
    this.#current = await this.readNow(this.#parts.db.prisma);
  }
}

function settle({ fixed }: Pick<Config, 'fixed'>, row: ServerSettings | null): CurrentSettings {
  const stored = readRow(row);
  return {
    ...DEFAULTS,
    ...stored,
    ...fixed,
    logoId: row?.logoId ?? null,
    fixed: ADJUSTABLE_NAMES.filter((name) => name in fixed),
    set: ADJUSTABLE_NAMES.filter((name) => name in stored && !(name in fixed)),
  };
}

/** What is set in the database, whether it holds or not. */
export function readRow(row: ServerSettings | null): Partial<AdjustableSettings> {
  if (!row) return {};
  const { name, registration, maxUploadBytes, maxFilesPerMessage, uploadTypes } = row;
  return {
    ...(name !== null && { name }),
    ...(registration !== null && {
      registration: registration as AdjustableSettings['registration'],
    }),
    ...(maxUploadBytes !== null && { maxUploadBytes }),
    ...(maxFilesPerMessage !== null && { maxFilesPerMessage }),
    ...(uploadTypes !== null && { uploadTypes: uploadTypes.split(',') }),
  };
}
