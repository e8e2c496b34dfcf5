/** How a question is asked, and the answer byte for byte, but for the clues themselves where it repeats them. */
import { bearer } from '../client.ts';
import { openAcknowledged } from '../raw-socket.ts';
import type { Clues } from './clues.ts';
import type { Question } from './questions.ts';

/** Something that can be asked of a server, by somebody. */
export interface Probe {
  title: string;
  answer: (url: string, token: string, clues: Clues) => Promise<string>;
}

/** Over HTTP, and where it is a subscription over SSE and over WebSocket. */
export function probesOf({ title, query, variables }: Question): Probe[] {
  const isLive = query.startsWith('subscription');
  const overHttp: Probe = {
    title,
    async answer(url, token, clues) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: isLive ? 'text/event-stream' : 'application/json',
          ...bearer(token),
        },
        body: JSON.stringify({ query, variables: variables(clues) }),
      });
      return whole(response, clues);
    },
  };
  const overSocket: Probe = {
    title: `${title} over WebSocket`,
    async answer(url, token, clues) {
      const socket = await openAcknowledged(url, { params: bearer(token) });
      const frame = await socket.start('one', query, variables(clues));
      socket.socket.terminate();
      return without(JSON.stringify(frame), clues);
    },
  };
  return isLive ? [overHttp, overSocket] : [overHttp];
}

/** The routes of files, in all ways in which they can be asked for, and of the web app where the server has it. */
export function routeProbes(): Probe[] {
  const paths: Record<string, (clues: Clues) => string> = {
    '/files/…': ({ fileKey }) => `/files/${fileKey}`,
    '/files/…/plan.png': ({ fileKey }) => `/files/${fileKey}/plan.png`,
    '/thumbnails/…': ({ fileKey }) => `/thumbnails/${fileKey}`,
    '/avatars/…': ({ fileKey }) => `/avatars/${fileKey}`,
    '/exports/….tar': ({ exportKey }) => `/exports/${exportKey}.tar`,
  };
  const readings = Object.entries(paths).flatMap(([place, pathOf]) =>
    READINGS.map(([method, headers]) => ({
      title: `${method} ${place} ${JSON.stringify(headers)}`,
      ...probeRoute(pathOf, { method, headers }),
    })),
  );
  const sendings = Object.entries(UPLOADS).map(([what, headers]) => ({
    title: `POST /upload ${what}`,
    ...probeRoute(({ ids }) => `/upload?room=${ids['Room']}&name=plan.png`, {
      ...{ method: 'POST', body: 'plan', headers },
    }),
  }));
  return [...readings, ...sendings];
}

const READINGS: [method: string, headers: Record<string, string>][] = [
  ['GET', {}],
  ['HEAD', {}],
  ['GET', { range: 'bytes=0-1' }],
  ['GET', { range: 'bytes=9-' }],
  ['GET', { 'if-none-match': '*', 'cache-control': 'max-age=0' }],
  ['GET', { 'if-match': '"another"' }],
  ['OPTIONS', {}],
  ['DELETE', {}],
  ['POST', {}],
];
const UPLOADS = { plainly: {}, 'with a key': { 'idempotency-key': 'plan' } };

const probeRoute = (pathOf: (clues: Clues) => string, init: RequestInit) => ({
  async answer(url: string, token: string, clues: Clues) {
    const headers = { ...(init.headers as Record<string, string>), ...bearer(token) };
    const response = await fetch(url + pathOf(clues), { ...init, headers });
    return whole(response, clues);
  },
});

/** What says when it was. */
const OF_THE_MOMENT = new Set(['date']);

async function whole(response: Response, clues: Clues): Promise<string> {
  const headers = [...response.headers].filter(([name]) => !OF_THE_MOMENT.has(name));
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  return without(`${response.status}\n${head}\n\n${await response.text()}`, clues);
}

function without(answer: string, { ids, slug, words, code, fileKey, exportKey }: Clues): string {
  const repeated = [...Object.values(ids), slug, words, code, fileKey, exportKey];
  return repeated.reduce((rest, clue) => rest.replaceAll(clue, '…'), answer);
}
