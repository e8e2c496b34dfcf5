/**
 * Push services take messages for browsers, by RFC 8030. What is sent is encrypted for the one browser (RFC
 * 8291) and signed with the server's key (RFC 8292): the service sees who, when and how much, and not what.
 */
import { createHash } from 'node:crypto';
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { Config } from '../config.ts';
import type { Db } from '../db.ts';
import { Refusal } from '../errors.ts';
import { createPublicAgent, isAddress } from '../outbound.ts';
import { readPushKeys } from './push-key.ts';

const ENDPOINT_MAX_LENGTH = 1_000;
const TIMEOUT_MS = 10_000;
/** What is older is no news. */
const PUSH_TTL_S = 24 * 60 * 60;
/** What services are told of a server without a public address, from which no browser can subscribe. */
const NO_SUBJECT = 'mailto:nobody@parley.invalid';

/** Where a browser is reached, and the keys that only it can read with, in base64url. */
export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushMessage {
  payload: object;
  urgency: 'normal' | 'high';
  /** Of what waits for a browser on one topic, the service keeps the last. */
  topic: string;
}

export interface PushServices {
  /**
   * The address at a push service of which a browser has told.
   * @throws Refusal INVALID_INPUT for one that none has: not https, at a port, with a machine's address for a
   * name, a user or a fragment. Services that PUSH_SERVICES names may be anywhere.
   */
  requireEndpoint(endpoint: string): URL;
  /**
   * Hands a message to the push service of a browser.
   * @returns `gone` where the browser has given the subscription up.
   * @throws an error where the service did not take it; it may do so later.
   */
  push(target: PushTarget, message: PushMessage, signal?: AbortSignal): Promise<'taken' | 'gone'>;
  close(): Promise<void>;
}

export function createPushServices(config: Config, db: Db): PushServices {
  const agent = createPublicAgent();
  const isTrusted = ({ origin }: URL) => config.pushServices.includes(origin);
  const subject = config.origin?.startsWith('https:') ? config.origin : NO_SUBJECT;

  function requireEndpoint(endpoint: string): URL {
    const url = endpoint.length <= ENDPOINT_MAX_LENGTH ? URL.parse(endpoint) : null;
    if (url && !url.username && !url.hash) {
      const isHttps = url.protocol === 'https:' && !url.port;
      if (isTrusted(url) || (isHttps && !isAddress(url.hostname))) return url;
    }
    throw new Refusal('INVALID_INPUT', 'That is no address of a push service.', {
      field: 'endpoint',
    });
  }

  return {
    requireEndpoint,
    async push({ endpoint, ...keys }, { payload, urgency, topic }, signal) {
      const url = requireEndpoint(endpoint);
      const { default: webPush } = await import('web-push');
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint: url.href, keys },
        JSON.stringify(payload),
        {
          TTL: PUSH_TTL_S,
          urgency,
          // As RFC 8030, 5.4 has it: up to 32 characters of base64url.
          topic: createHash('sha256').update(topic).digest('base64url').slice(0, 32),
          vapidDetails: { subject, ...(await readPushKeys(db)) },
        },
      );
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const status = await post(url, body, {
        headers,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        ...(!isTrusted(url) && { agent }),
      });
      if (status === 404 || status === 410) return 'gone';
      if (status >= 200 && status < 300) return 'taken';
      throw new Error(`The push service at ${url.host} answered ${status}`);
    },
    async close() {
      agent.destroy();
    },
  };
}

/** Gives the status of the answer; its body is for nobody. */
function post(
  url: URL,
  body: Buffer,
  options: Parameters<typeof requestByHttps>[1],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'http:' ? requestByHttp : requestByHttps;
    const request = start(url, { ...options, method: 'POST' });
    request.on('error', reject);
    request.on('response', (response) => {
      response.on('error', () => {}).resume();
      resolve(response.statusCode!);
    });
    request.end(body);
  });
}
