import { parseArgs } from 'node:util';
import { ReplayFailure } from './failure.ts';

export interface ReplayOptions {
  file: string;
  /** The slug of the room. */
  room: string;
  /** How many messages of the transcript, null for all. */
  messages: number | null;
  /** How many times faster than it was, Infinity for as fast as can be. */
  speed: number;
  /** Where the server is, without a path. */
  url: string;
  /** What the passwords of the accounts are derived from. */
  secret: string;
  /** A code to register with, where the server asks for one. */
  invitation: string | null;
}

export const HELP = `Plays a transcript of a real room through the public API of a Parley server.

  npm run replay -- FILE --room NAME [options]

  FILE               a transcript, .jsonl or .jsonl.gz: one JSON object a line, in order, each
                     { log, at, kind: message | join | leave, nick, text }
  --room NAME        the slug of the room; it is created if it is missing
  --messages N       play the first N messages (default: all)
  --speed 60|max     so many times as fast as it was, or as fast as order allows (default: max)
  --url URL          the server (default: http://127.0.0.1:4000)
  --secret TEXT      what the accounts' passwords are derived from (default: a public one, so
                     that anybody can log in as them: on a server that others reach, give your own)
  --invitation CODE  an invitation, for a server that registers by invitation only
  --help             this

Each nick becomes an account, which joins, writes and leaves as in the transcript; who writes without
having joined joins first. The account "replay" creates the room and reads it at the end. On an empty
server it is the first, and so becomes its administrator.

Each message's idempotency key is made of the room, the number of its line and the line itself. So a
replay that was interrupted goes on where it stopped, and one that is repeated sends nothing twice;
joins and leaves since the last message may come again.

A server limits how many accounts one address may register: start it with RATE_LIMITS=off, or the
replay waits whenever it is told to.

At the end the room's history is read forward and backward, and the log of its events from where it
stood at the start; all are compared with what was played.

Exit code: 0 where all is equal, 1 where anything differs, 2 where the replay could not be played.`;

/** @returns null where help was asked for. @throws ReplayFailure naming the argument that is wrong. */
export function readOptions(args: string[]): ReplayOptions | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const [file, ...others] = positionals;
  if (!file) throw usage('There is no FILE to play.');
  if (others.length > 0) throw usage(`There is one FILE to play, and not also ${others[0]}.`);
  if (!values.room) throw usage('There is no --room to play into.');
  return {
    file,
    room: values.room,
    messages: values.messages === undefined ? null : readCount(values.messages),
    speed: readSpeed(values.speed),
    url: readUrl(values.url),
    secret: values.secret,
    invitation: values.invitation ?? null,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        room: { type: 'string' },
        messages: { type: 'string' },
        speed: { type: 'string', default: 'max' },
        url: { type: 'string', default: 'http://127.0.0.1:4000' },
        secret: { type: 'string', default: 'parley replay' },
        invitation: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message.split('. ', 1)[0]!.replace(/\.?$/, '.'));
  }
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usage(`--messages ${text} is no number of messages.`);
  return Number(text);
}

function readSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = Number(text);
  if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
    throw usage(`--speed ${text} is neither a number above 0 nor max.`);
  }
  return speed;
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw usage(`--url ${text} is no address such as http://127.0.0.1:4000.`);
  }
  return url.origin;
}

function usage(what: string): ReplayFailure {
  return new ReplayFailure(`${what} See npm run replay -- --help`);
}
