import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Export } from '../generated/prisma/client.ts';
import type { Latest } from '../live/latest.ts';
import { openStream } from '../presence/stream.ts';
import { findExport } from './request.ts';

const GATHER_MS = 100;
/** For hints that are lost. */
const LOOK_MS = 3_000;

/**
 * How an export of the viewer's stands: first now, then whenever it has come further, until it is over.
 * @throws Refusal UNAUTHENTICATED; NOT_FOUND; RATE_LIMITED.
 */
export async function followExport(app: App, viewer: Viewer, id: string): Promise<Latest<Export>> {
  let current: Export | null = null;
  let isOver = false;
  const stream = openStream<Export>(app, viewer, { read: () => current, gatherMs: GATHER_MS });
  let asked = 0;
  let answered = 0;
  const look = async () => {
    const number = ++asked;
    const found = await findExport(app, viewer, id);
    // What was asked later has been answered already: this may be of before.
    if (number < answered) return found;
    answered = number;
    if (isOver || (!found && !current)) return found;
    if (!found) void stream.return();
    else if (found.state !== current?.state || found.done !== current.done) {
      current = found;
      stream.touch();
    }
    return found;
  };
  // What cannot be read just now is read at the next look.
  const lookAgain = () => void look().catch(() => {});
  stream.onEnd(() => (isOver = true));
  stream.onEnd(app.bus.listen(`export:${id}`, lookAgain));
  const timer = setInterval(lookAgain, LOOK_MS).unref();
  stream.onEnd(() => clearInterval(timer));
  const found = await look().catch((error: unknown) => {
    void stream.return();
    throw error;
  });
  if (found) return stream;
  void stream.return();
  throw new Refusal('NOT_FOUND', 'There is no such export.');
}
