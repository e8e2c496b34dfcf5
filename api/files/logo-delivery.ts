/** The server's logo goes out to everybody: the pages before a log-in show it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../app.ts';
import { deliverPicture } from './avatar-delivery.ts';
import { refuse } from './delivery.ts';

const ADDRESS = /^\/logo\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Another logo has another address. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** `GET /logo/<id>`. @throws what `deliverFile` tells of */
export async function deliverLogo(
  app: App,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = ADDRESS.exec(path)?.[1];
  // A page that was made by a process that has heard of it may be the first to ask.
  if (id && id !== app.settings.current.logoId) await app.settings.renew();
  if (!id || id !== app.settings.current.logoId) return refuse(response);
  deliverPicture(app, id, FOR_EVER, request, response);
}
