/** A whole server in this process, on a database and a data folder of its own. */
import { type App, createApp } from '../api/app.ts';
import { readConfig } from '../api/config.ts';
import { startServer } from '../api/server.ts';
import { createDataFolder } from '../api/test/process.ts';

export interface InProcess {
  app: App;
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startInProcess(): Promise<InProcess> {
  const data = await createDataFolder();
  const settings = { DATA_DIR: data.path, PORT: '0', RATE_LIMITS: 'off', LOG_LEVEL: 'fatal' };
  const app = await createApp(readConfig(settings));
  const server = await startServer(app, null);
  return {
    app,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await app.close();
      await data[Symbol.asyncDispose]();
    },
  };
}

/** Until it is so; false where that takes too long. */
export async function until(isMet: () => boolean, patienceMs = 30_000): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; !isMet();) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
