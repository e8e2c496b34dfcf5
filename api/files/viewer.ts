import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { identify, readCaller } from '../context.ts';
import { clientAddress } from '../request.ts';

/** Who sent a request for a file: by the same token or cookie as for GraphQL. */
export function viewerOf(app: App, request: IncomingMessage): Promise<Viewer> {
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return identify(app, readCaller(app, header, clientAddress(app.config, request)));
}
