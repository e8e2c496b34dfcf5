/** A push service with the browsers behind it: takes messages by RFC 8030, and decrypts them by RFC 8291. */
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  randomUUID,
  verify,
} from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushTarget } from '../notification/push-service.ts';
import { createSignals } from './signals.ts';

export interface Pushed {
  headers: IncomingHttpHeaders;
  payload: Record<string, unknown>;
  bytes: number;
}

export interface TestBrowser {
  /** As the Push API gives it. */
  subscription: PushTarget;
  /** All that it was sent, in order. */
  pushed: Pushed[];
  /** Resolves once so many have come, with the last of them. */
  counted(count: number): Promise<Pushed>;
  /** Gives its subscription up. */
  unsubscribe(): void;
}

export interface TestPushService {
  /** What PUSH_SERVICES takes. */
  origin: string;
  /** Requests of all kinds, also those that were refused. */
  requests: number;
  asked(count: number): Promise<void>;
  /** What it answers, 201 at first; null for no answer at all. */
  status: number | null;
  subscribe(): TestBrowser;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startPushService(): Promise<TestPushService> {
  const browsers = new Map<string, ReturnType<typeof createBrowser>>();
  const signals = createSignals();
  const server = createServer(async (request, response) => {
    service.requests++;
    signals.tell();
    if (service.status === null) return;
    const browser = browsers.get(request.url!);
    const body = Buffer.concat(await Array.fromAsync(request));
    if (!browser?.isSubscribed) return void response.writeHead(410).end();
    if (service.status === 201) {
      checkVapid(request.headers, service.origin);
      browser.take(request.headers, body);
    }
    response.writeHead(service.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const service: TestPushService = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 0,
    status: 201,
    asked: (count) => signals.when(() => service.requests >= count),
    subscribe() {
      const path = `/push/${randomUUID()}`;
      const browser = createBrowser(service.origin + path);
      browsers.set(path, browser);
      return browser;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

function createBrowser(endpoint: string) {
  const keys = createECDH('prime256v1');
  const publicKey = keys.generateKeys();
  const auth = randomBytes(16);
  const signals = createSignals();
  const pushed: Pushed[] = [];
  const browser = {
    subscription: {
      endpoint,
      p256dh: publicKey.toString('base64url'),
      auth: auth.toString('base64url'),
    },
    pushed,
    isSubscribed: true,
    async counted(count: number) {
      await signals.when(() => pushed.length >= count);
      return pushed[count - 1]!;
    },
    unsubscribe: () => void (browser.isSubscribed = false),
    take(headers: IncomingHttpHeaders, body: Buffer) {
      const text = decrypt(body);
      pushed.push({ headers, payload: JSON.parse(text), bytes: Buffer.byteLength(text) });
      signals.tell();
    },
  };

  /** RFC 8188 with the keys of RFC 8291, 3.4; messages have one record. */
  function decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const keyLength = body[20]!;
    const theirs = body.subarray(21, 21 + keyLength);
    const sealed = body.subarray(21 + keyLength);
    const secret = keys.computeSecret(theirs);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, theirs]);
    const derive = (key: Buffer, with_: Buffer, about: Buffer | string, length: number) =>
      Buffer.from(hkdfSync('sha256', key, with_, about, length));
    const input = derive(secret, auth, info, 32);
    const key = derive(input, salt, 'Content-Encoding: aes128gcm\0', 16);
    const nonce = derive(input, salt, 'Content-Encoding: nonce\0', 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    // What follows the text is a delimiter and padding.
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
  return browser satisfies TestBrowser;
}

/** RFC 8292, 2 and 3: a token for this service, signed with the key that it names. */
function checkVapid({ authorization }: IncomingHttpHeaders, audience: string): void {
  const [, token, key] = /^vapid t=([^,]+), k=(\S+)$/.exec(authorization!)!;
  const [header, claims, signature] = token!.split('.') as [string, string, string];
  const point = Buffer.from(key!, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) =>
    half.toString('base64url'),
  );
  const publicKey = createPublicKey({
    format: 'jwk',
    key: { kty: 'EC', crv: 'P-256', x: x!, y: y! },
  });
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  if (!isGenuine || aud !== audience || exp * 1000 < Date.now()) throw new Error('No such token');
}
