/** Connections are cut without a word, again and again, while messages pour in. */
import { createSignals } from '../api/test/signals.ts';
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { startWriters } from './writers.ts';

const SIZES = {
  quick: { readers: 20, messages: 600, cuts: 120 },
  full: { readers: 50, messages: 2_000, cuts: 1_000 },
};
const WRITERS = 8;
/** So many messages may be under way past the moment of a cut: after each, something is left to miss. */
const HEAD_START = 16;

export const cuts: Fault = {
  number: 1,
  name: 'sockets are cut',
  async run({ scale, random }) {
    const size = SIZES[scale];
    await using stage = await openStage({ members: WRITERS, readers: size.readers });
    const { servers, room, readers } = stage;
    const moments = random.moments(size.cuts, size.messages - HEAD_START);
    let done = 0;
    const { when, tell } = createSignals();
    using writing = startWriters({
      ...room,
      url: servers.next,
      limit: size.messages,
      pace: (number) =>
        when(() => done === moments.length || moments[done]! >= number - HEAD_START),
    });
    for (const moment of moments) {
      await writing.counted(moment);
      await readers[random.below(readers.length)]!.cut();
      done++;
      tell();
    }

    const verdict = await judge(stage, writing);
    const cut = readers.reduce((sum, { cuts }) => sum + cuts, 0);
    return {
      figures: `${cut.toLocaleString('en')} cuts over ${size.readers} clients, ${tally(verdict)}`,
      violations: verdict.violations,
    };
  },
};
