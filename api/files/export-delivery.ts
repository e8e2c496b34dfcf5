/** `GET /exports/<id>.tar`: an export goes out to whoever has asked for it, as long as they may have it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { create as contentDisposition } from 'content-disposition';
import send from 'send';
import type { App } from '../app.ts';
import { findDownload } from '../data/request.ts';
import type { Export } from '../generated/prisma/client.ts';
import { refuse, refuseFor, type SendError, STALL_TIMEOUT_MS, viewerWhoAsks } from './delivery.ts';

const ADDRESS = /^\/exports\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.tar$/;

export const isExportPath = (path: string) => path.startsWith('/exports/');

/** Never rejects. */
export async function deliverExport(
  app: App,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  try {
    const id = ADDRESS.exec(path)?.[1];
    const viewer = await viewerWhoAsks(app, request);
    const found = id ? await findDownload(app, viewer, id) : null;
    if (found) deliver(app, request, response, found);
    else refuseExport(response);
  } catch (error) {
    refuseFor(app, response, error);
  }
}

function deliver(
  { storage }: App,
  request: IncomingMessage,
  response: ServerResponse,
  { id, kind, createdAt }: Export,
): void {
  const name = `parley-${kind.toLowerCase()}-${createdAt.toISOString().slice(0, 10)}.tar`;
  response.setHeader('content-type', 'application/x-tar');
  response.setHeader('content-disposition', contentDisposition(name));
  response.setHeader('cache-control', 'no-store');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setTimeout(STALL_TIMEOUT_MS, () => response.destroy());
  const stored = storage.pathOfExport(id).slice(storage.folder.length);
  send(request, stored, { root: storage.folder, cacheControl: false, index: false })
    .on('error', ({ status }: SendError) => {
      if (response.headersSent) return void response.destroy();
      response.removeHeader('content-disposition');
      refuseExport(response, status);
    })
    .pipe(response);
}

function refuseExport(response: ServerResponse, status = 404): void {
  refuse(response, status, 'There is no such export.');
}
