/** What waits in a socket to be sent. */
import type { Duplex } from 'node:stream';

/** Whoever reads in order to send goes on when no more than so much is waiting. */
const BACKLOG_BYTES = 64 * 1024;

export function isBacklogged(tcp: Duplex): boolean {
  return tcp.writableLength > BACKLOG_BYTES && !tcp.destroyed;
}

/** Resolves once little is waiting, or the socket is gone. */
export async function drained(tcp: Duplex): Promise<void> {
  while (isBacklogged(tcp)) {
    await new Promise<void>((resolve) => {
      const go = () => {
        tcp.off('drain', go).off('close', go);
        resolve();
      };
      tcp.once('drain', go).once('close', go);
    });
  }
}
