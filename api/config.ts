import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { StartupError } from './errors.ts';
import { countCharacters, isBlank } from './input.ts';

/** An empty variable is an unset one, as in `PORT= npm start`. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((number) => number >= least && number <= most);

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));

const splitList = (text: string) => text.split(',').map((entry) => entry.trim().replace(/\/$/, ''));

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && origin === text.replace(/\/$/, '');
}

/** What a GraphQL Int can say, which is how sizes are told. */
const MOST_BYTES = 2 ** 31 - 1;
const MEBIBYTE = 1024 * 1024;

const MEDIA_TYPES = /^\s*(\*|[\w.+-]+\/([\w.+-]+|\*))\s*$/;

export const SERVER_NAME_MAX_LENGTH = 50;

/** What stands well in a title and in an address bar: one line, of what can be read. */
function isName(text: string): boolean {
  return (
    text.isWellFormed() &&
    !isBlank(text) &&
    !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text) &&
    countCharacters(text) <= SERVER_NAME_MAX_LENGTH
  );
}

/** More would take more connections than the embedded database gives. */
const MOST_WORKERS = 16;

/** Each variable with its form and, for whoever got it wrong, that form in words. */
const SETTINGS = {
  PORT: [optional(wholeNumber(0, 65_535)), 'a port from 0 to 65535, where 0 picks a free one'],
  HOST: [optional(z.string()), 'an address or host name of this machine'],
  DATA_DIR: [optional(z.string()), 'a folder'],
  DATABASE_URL: [
    optional(url('postgres:', 'postgresql:')),
    'a PostgreSQL address, such as postgresql://user:password@host:5432/parley',
  ],
  REDIS_URL: [optional(url('redis:', 'rediss:')), 'a Redis address, such as redis://host:6379'],
  ORIGIN: [
    optional(z.string().refine(isOrigin)),
    'the public address without a path, such as https://chat.example.org',
  ],
  SERVER_NAME: [
    optional(z.string().trim().normalize('NFC').refine(isName)),
    `a name in one line, of at most ${SERVER_NAME_MAX_LENGTH} characters`,
  ],
  REGISTRATION: [optional(z.enum(['open', 'invite', 'closed'])), 'open, invite or closed'],
  RATE_LIMITS: [optional(z.enum(['on', 'off'])), 'on or off'],
  LOG_LEVEL: [
    optional(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])),
    'fatal, error, warn, info, debug, trace or silent',
  ],
  PUSH_SERVICES: [
    optional(z.string().refine((text) => splitList(text).every(isOrigin))),
    'origins of push services in your own network, such as https://push.lan:8443, with commas between',
  ],
  PROXIES: [
    optional(wholeNumber(0, 9)),
    'how many trusted reverse proxies stand in front, from 0 to 9',
  ],
  WORKERS: [
    optional(z.union([z.literal('auto'), wholeNumber(1, MOST_WORKERS)])),
    `how many processes share the port, from 1 to ${MOST_WORKERS}, or auto`,
  ],
  MAX_UPLOAD_BYTES: [
    optional(wholeNumber(0, MOST_BYTES)),
    `the size of the largest file in bytes, from 0 to ${MOST_BYTES}`,
  ],
  MAX_FILES_PER_MESSAGE: [optional(wholeNumber(0, 50)), 'a number from 0 to 50'],
  UPLOAD_TYPES: [
    optional(
      z
        .string()
        .refine((text) => text.split(',').every((type) => MEDIA_TYPES.test(type)))
        .transform((text) => text.split(',').map((type) => type.trim())),
    ),
    'media types with commas between them, such as image/*,application/pdf, or *',
  ],
  UPLOAD_RESERVE_BYTES: [
    optional(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    'how many bytes uploads leave free on the disk',
  ],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

/** What administrators may set while the server runs, unless the environment fixes it. */
export interface AdjustableSettings {
  /** What the server is called. */
  name: string;
  registration: 'open' | 'invite' | 'closed';
  maxUploadBytes: number;
  maxFilesPerMessage: number;
  /** Media types that may be uploaded, of the forms `*`, `image/*` and `image/png`. */
  uploadTypes: string[];
}

export type AdjustableName = keyof AdjustableSettings;

/** By which environment variable each of them is fixed. */
export const ADJUSTABLE = {
  name: 'SERVER_NAME',
  registration: 'REGISTRATION',
  maxUploadBytes: 'MAX_UPLOAD_BYTES',
  maxFilesPerMessage: 'MAX_FILES_PER_MESSAGE',
  uploadTypes: 'UPLOAD_TYPES',
} as const satisfies Record<AdjustableName, keyof typeof SETTINGS>;

export const ADJUSTABLE_NAMES = Object.keys(ADJUSTABLE) as AdjustableName[];

/** What holds where nobody has set anything. */
export const DEFAULTS: AdjustableSettings = {
  name: 'Parley',
  registration: 'open',
  maxUploadBytes: 100 * MEBIBYTE,
  maxFilesPerMessage: 10,
  uploadTypes: ['*'],
};

export interface Config {
  /** 0 picks a free port. */
  port: number;
  host: string;
  /** Absolute; holds all that the server keeps on this machine. */
  dataDir: string;
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** Null: nothing is shared with processes elsewhere. */
  redisUrl: string | null;
  /** The public address, null where browsers reach the server at the address it listens on. */
  origin: string | null;
  /** Those that the environment sets; who wants to know what holds asks `App.settings`. */
  fixed: Readonly<Partial<AdjustableSettings>>;
  rateLimits: boolean;
  logLevel: string;
  /** Origins of push services that may be anywhere, also at private addresses and over http. */
  pushServices: string[];
  /** How many entries at the end of X-Forwarded-For are to be believed. */
  proxies: number;
  /** How many processes serve the port. */
  workers: number;
  /** An upload that would leave less free on the disk is refused, for the database's sake. */
  uploadReserveBytes: number;
}

/**
 * Reads and checks all settings; nothing else reads the environment.
 * @throws StartupError naming the variable that is wrong and what it takes.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const read: Read = (name) => {
    const [schema, form] = SETTINGS[name];
    const result = schema.safeParse(env[name]);
    if (!result.success) {
      throw new StartupError(`${name}=${env[name]} is not valid: give ${form}.`);
    }
    return result.data as never;
  };
  const workers = read('WORKERS') ?? 1;
  return {
    port: read('PORT') ?? 4000,
    host: read('HOST') ?? '127.0.0.1',
    dataDir: resolve(read('DATA_DIR') ?? './data'),
    databaseUrl: read('DATABASE_URL') ?? null,
    redisUrl: read('REDIS_URL') ?? null,
    origin: read('ORIGIN')?.replace(/\/$/, '') ?? null,
    fixed: readFixed(read),
    rateLimits: read('RATE_LIMITS') !== 'off',
    logLevel: read('LOG_LEVEL') ?? 'info',
    pushServices: splitList(read('PUSH_SERVICES') ?? '').filter(Boolean),
    proxies: read('PROXIES') ?? 0,
    workers: workers === 'auto' ? Math.min(availableParallelism(), MOST_WORKERS) : workers,
    uploadReserveBytes: read('UPLOAD_RESERVE_BYTES') ?? 64 * MEBIBYTE,
  };
}

type Read = <Name extends keyof typeof SETTINGS>(name: Name) => z.infer<(typeof SETTINGS)[Name][0]>;

function readFixed(read: Read): Config['fixed'] {
  const fixed = ADJUSTABLE_NAMES.map((name) => [name, read(ADJUSTABLE[name])] as const);
  return Object.fromEntries(fixed.filter(([, value]) => value !== undefined));
}

/**
 * Reads what somebody sets, in the form of the environment: what a process is started with and what is set while it
 * runs are held to the same rules.
 * @throws InvalidSetting with the form in words.
 */
export function readAdjustable<Name extends AdjustableName>(
  name: Name,
  text: string,
): AdjustableSettings[Name] {
  const [schema, form] = SETTINGS[ADJUSTABLE[name]];
  const result = schema.safeParse(text);
  if (!result.success || result.data === undefined) throw new InvalidSetting(`Give ${form}.`);
  return result.data as AdjustableSettings[Name];
}

/** Says what is to be given instead. */
export class InvalidSetting extends Error {
  override name = 'InvalidSetting';
}
