/** What the settings make of a request: whose page sent it and the address it comes from. */
import type { IncomingMessage } from 'node:http';
import type { Config } from './config.ts';

type Header = (name: string) => string | null | undefined;

/** Whether browsers reach the server over https. */
export function isSecure(config: Config): boolean {
  return config.origin?.startsWith('https:') ?? false;
}

/** The address of the client, as far as the trusted proxies tell it. */
export function clientAddress(config: Config, request: IncomingMessage): string {
  const direct = request.socket.remoteAddress ?? '';
  if (config.proxies === 0) return direct;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  return forwarded.at(-config.proxies)?.trim() || direct;
}

/** Whether a page of another origin has sent it: such a request may not use the cookie. */
export function isForeign(config: Config, header: Header): boolean {
  const origin = header('origin');
  if (!origin) return header('sec-fetch-site') === 'cross-site';
  if (config.origin !== null) return origin !== config.origin;
  return !URL.canParse(origin) || new URL(origin).host !== header('host');
}
