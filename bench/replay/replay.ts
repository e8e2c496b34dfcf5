/** A replay from the file to the closing check. */
import { basename } from 'node:path';
import { Accounts } from './accounts.ts';
import { Api } from './api.ts';
import { checkEvents, checkHistory } from './check.ts';
import { count } from './difference.ts';
import type { ReplayOptions } from './options.ts';
import { idempotencyKey, planSteps, remainingLines, type Step } from './plan.ts';
import { type Played, play, type Stage } from './play.ts';
import { showProgress } from './progress.ts';
import { ReplayRoom } from './room.ts';
import { type Line, readTranscript } from './transcript.ts';
import { assignUsernames } from './usernames.ts';

/** The account that makes the room and reads it. */
const HOST = 'replay';
/** A wait that is worth a word. */
const NOTABLE_WAIT_MS = 2_000;

/**
 * @param say is given what is to be told, line by line
 * @returns whether all that the server tells at the end is equal to what was played
 * @throws ReplayFailure where it cannot be played
 */
export async function replay(
  options: ReplayOptions,
  say: (line: string) => void,
): Promise<boolean> {
  const lines = await readTranscript(options.file, options.messages);
  const api = new Api(options.url, tellWaits(say));
  const accounts = new Accounts(api, options);
  try {
    accounts.prepare([[HOST, 'Replay']]);
    const token = await accounts.token(HOST);
    const room = await ReplayRoom.enter(api, token, options.room);
    const usernames = assignUsernames(
      lines.map(({ nick }) => nick),
      [HOST],
    );
    const stage = { api, accounts, room, usernames };

    const startsAt = await room.cursor();
    const { steps, passedOver, present } = await plan(stage, lines);
    const messages = steps.filter(({ kind }) => kind === 'message').length;
    say(
      `Playing ${count(messages, 'message')} of ${basename(options.file)} into ` +
        `${options.url}/rooms/${encodeURIComponent(room.slug)}` +
        (present > 0 ? `; ${count(present, 'message')} of it are there already.` : '.'),
    );
    accounts.prepare(
      namesInOrder(
        steps.map(({ line }) => line),
        usernames,
      ),
    );
    const played = await playWithProgress(stage, steps, options.speed);
    report(played, passedOver, say);

    const equal = [
      await checkHistory(stage, lines, played, say),
      await checkEvents(stage, token, startsAt, played, say),
    ];
    await accounts.logOut();
    return equal.every(Boolean);
  } finally {
    accounts.close();
    api.close();
  }
}

/** Tells each wait once, however many wait for the same; on a line of its own below the bar. */
function tellWaits(say: (line: string) => void) {
  let toldUntil = 0;
  return (cause: string, waitMs: number) => {
    if (waitMs < NOTABLE_WAIT_MS || Date.now() < toldUntil) return;
    toldUntil = Date.now() + waitMs;
    const seconds = count(Math.ceil(waitMs / 1000), 'second');
    say(`\nThe server asks to wait ${seconds}: ${cause} (RATE_LIMITS=off lifts it.)`);
  };
}

/** What is left to do, given the room's messages and members. */
async function plan({ room, usernames }: Stage, lines: Line[]) {
  const keys = new Set((await room.readForward()).map((message) => message.idempotencyKey));
  const members = await room.members();
  const nicks = [...usernames.keys()].filter((nick) =>
    members.has(usernames.get(nick)!.toLowerCase()),
  );
  const present = lines.filter(
    (line) => line.kind === 'message' && keys.has(idempotencyKey(room.slug, line)),
  ).length;
  return { ...planSteps(remainingLines(lines, room.slug, keys), nicks), present };
}

/** The accounts in the order in which they are needed. */
function* namesInOrder(lines: Line[], usernames: Map<string, string>) {
  for (const nick of new Set(lines.map((line) => line.nick))) {
    yield [usernames.get(nick)!, nick] as const;
  }
}

async function playWithProgress(stage: Stage, steps: Step[], speed: number) {
  const progress = showProgress(steps.filter(({ kind }) => kind === 'message').length);
  try {
    return await play(stage, steps, speed, ({ kind }) => {
      if (kind === 'message') progress.advance();
    });
  } finally {
    progress.stop();
  }
}

function report(
  { steps, refused, elapsedMs }: Played,
  passedOver: number,
  say: (line: string) => void,
) {
  const of = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length;
  const messages = of('message');
  const seconds = elapsedMs / 1000;
  say(
    `Played ${count(messages, 'message')}, ${count(of('join'), 'join')} and ` +
      `${count(of('leave'), 'leave')} in ${seconds.toFixed(1)} s: ` +
      `${count(Math.round(messages / seconds) || 0, 'message')} a second.`,
  );
  if (passedOver > 0) {
    say(
      `Passed over ${count(passedOver, 'line')}: joins of those inside, leaves of those outside.`,
    );
  }
  for (const { line, message } of refused) say(`Refused: line ${line.number}: ${message}`);
}
