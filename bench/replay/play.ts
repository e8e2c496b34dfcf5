/**
 * Plays the steps of a plan. One is in flight at a time: the server numbers what reaches it in the
 * order of its commits, so that the answer to one step is what makes it safe to send the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from './accounts.ts';
import { type Api, ApiRefusal } from './api.ts';
import { ReplayFailure } from './failure.ts';
import { dueTimes } from './pace.ts';
import { idempotencyKey, type Step } from './plan.ts';
import type { ReplayRoom } from './room.ts';
import type { Line } from './transcript.ts';

const JOIN = 'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }';
const LEAVE = 'mutation ($roomId: ID!) { leaveRoom(input: { roomId: $roomId }) { room { id } } }';
const SEND = `mutation ($roomId: ID!, $body: String!, $idempotencyKey: String!) {
  sendMessage(input: { roomId: $roomId, body: $body, idempotencyKey: $idempotencyKey }) { cursor }
}`;

export interface Stage {
  api: Api;
  accounts: Accounts;
  room: ReplayRoom;
  /** By nick. */
  usernames: Map<string, string>;
}

export interface Played {
  /** What was done, in order. */
  steps: Step[];
  /** Messages that the server does not take, with its words. */
  refused: { line: Line; message: string }[];
  elapsedMs: number;
}

/** @throws ReplayFailure naming the line at which it cannot go on. */
export async function play(
  stage: Stage,
  steps: Step[],
  speed: number,
  onStep: (step: Step) => void,
): Promise<Played> {
  const played: Played = { steps: [], refused: [], elapsedMs: 0 };
  const due = dueTimes(steps, speed);
  const startedAt = performance.now();
  for (const [index, step] of steps.entries()) {
    const early = due[index]! - (performance.now() - startedAt);
    if (early > 1) await sleep(early);
    const refusal = await take(stage, step);
    if (refusal === null) played.steps.push(step);
    else played.refused.push({ line: step.line, message: refusal });
    onStep(step);
  }
  played.elapsedMs = performance.now() - startedAt;
  return played;
}

/** Gives the server's words where it does not take the body of a message, else null. */
async function take(stage: Stage, { kind, line }: Step): Promise<string | null> {
  const { api, accounts, room, usernames } = stage;
  const token = await accounts.token(usernames.get(line.nick)!);
  const roomId = room.id;
  try {
    if (kind === 'join') await api.ask(JOIN, { roomId }, token);
    else if (kind === 'leave') await api.ask(LEAVE, { roomId }, token);
    else {
      const key = idempotencyKey(room.slug, line);
      await api.ask(SEND, { roomId, body: line.text, idempotencyKey: key }, token);
    }
    return null;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    if (error.code === 'INVALID_INPUT' && error.field === 'body') return error.message;
    throw new ReplayFailure(`Line ${line.number} (${kind} of ${line.nick}): ${error.message}`);
  }
}
