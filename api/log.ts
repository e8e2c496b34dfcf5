import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard error: standard output is for the line that says the server is ready. */
export function createLog(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
}
