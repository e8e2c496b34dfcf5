import type { Crowd } from '../harness/crowd.ts';
import type { LoadSocket } from '../harness/load-socket.ts';
import { numberIn, seqIn } from '../harness/numbering.ts';

const PROBES = 20;

/**
 * Sockets, spread over all, that look at what they get. `sentAt` has the moment of each message from
 * the number `first` on, which is to be set.
 */
export function attachProbes({ sockets }: Crowd, sentAt: number[]) {
  const found = {
    first: undefined as number | undefined,
    misordered: 0,
    latenciesMs: [] as number[],
    frameBytes: 0,
  };
  const attach = (socket: LoadSocket) => {
    let next: number | null = null;
    socket.onDelivery = (_opcode, chunk, start, end) => {
      const now = performance.now();
      const seq = seqIn(chunk, start);
      if (seq !== (next ?? seq)) found.misordered++;
      next = seq + 1;
      const at = sentAt[numberIn(chunk, start) - found.first!];
      if (at !== undefined) found.latenciesMs.push(now - at);
      found.frameBytes = end - start;
    };
  };
  const step = Math.max(1, Math.floor(sockets.length / PROBES));
  for (let probe = 0; probe < Math.min(PROBES, sockets.length); probe++) {
    // Not at the same place of each step: sockets are dealt to the rooms in turn.
    attach(sockets[probe * step + (probe % step)]!);
  }
  return found;
}
