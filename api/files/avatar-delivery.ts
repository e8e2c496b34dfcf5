/** Pictures of people go out by plain HTTP to everybody who is logged in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import send from 'send';
import type { App } from '../app.ts';
import { hasAvatar } from '../upload/avatar.ts';
import { HEADERS, refuse, type SendError, viewerWhoAsks } from './delivery.ts';

const ADDRESS = /^\/avatars\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Another picture has another address. */
const FOR_EVER = 'private, max-age=31536000, immutable';

/** `GET /avatars/<id>`. @throws what `deliverFile` tells of */
export async function deliverAvatar(
  app: App,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = ADDRESS.exec(path)?.[1];
  const viewer = await viewerWhoAsks(app, request);
  // What is a file of a room, whose name has the same form, is nobody's picture.
  if (!id || !viewer.user || !(await hasAvatar(app, viewer, id))) return refuse(response);
  deliverPicture(app, id, FOR_EVER, request, response);
}

/** A picture of the server's own making. @param caching the header of that name, `cache-control` */
export function deliverPicture(
  app: App,
  id: string,
  caching: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader('cache-control', caching);
  response.setHeader('content-type', 'image/webp');
  response.setHeader('etag', `"${id}"`);
  const stored = app.storage.pathOf(id).slice(app.storage.folder.length);
  send(request, stored, { root: app.storage.folder, cacheControl: false, index: false })
    .on('error', ({ status }: SendError) => {
      if (response.headersSent) return void response.destroy();
      refuse(response, status);
    })
    .pipe(response);
}
