/** The closing check: is what the server tells now what was played? */
import { count, firstDifference, type Said } from './difference.ts';
import { type FoundEvent, readEvents } from './events.ts';
import { idempotencyKey } from './plan.ts';
import type { Played, Stage } from './play.ts';
import type { FoundMessage } from './room.ts';
import type { Line } from './transcript.ts';

/** Reads the history from either end; all that was ever played of the transcript must be there. */
export async function checkHistory(
  { room, usernames }: Stage,
  lines: Line[],
  { refused }: Played,
  say: (line: string) => void,
): Promise<boolean> {
  const refusedLines = new Set(refused.map(({ line }) => line));
  const messages = lines.filter((line) => line.kind === 'message' && !refusedLines.has(line));
  const keys = new Set(messages.map((line) => idempotencyKey(room.slug, line)));
  const expected = messages.map((line) => toSaid('message', line, usernames));
  let equal = true;
  for (const [direction, found] of [
    ['forward', await room.readForward()],
    ['backward', await room.readBackward()],
  ] as const) {
    const ours = found.filter((message) => keys.has(message.idempotencyKey)).map(foundMessage);
    const difference = firstDifference(expected, ours);
    const others = found.length - ours.length;
    say(
      difference
        ? `DIFFERENT: the history, paged ${direction}: ${difference}.`
        : `Equal: ${count(ours.length, 'message')} of the history, paged ${direction}: author, body, order` +
            (others > 0 ? ` (beside ${count(others, 'message')} of others).` : '.'),
    );
    equal &&= difference === null;
  }
  return equal;
}

/** Reads what happened since `startsAt`; it must be what this replay has done. */
export async function checkEvents(
  { api, room, usernames }: Stage,
  token: string,
  startsAt: string,
  { steps }: Played,
  say: (line: string) => void,
): Promise<boolean> {
  const upTo = await room.cursor();
  const ours = new Set([...usernames.values()].map((username) => username.toLowerCase()));
  const found = (await readEvents(api.url, token, room.id, { after: startsAt, upTo }))
    .filter(({ kind, actor }) => kind && ours.has(actor.username.toLowerCase()))
    .map(foundEvent);
  const expected = steps.map(({ kind, line }) => toSaid(kind, line, usernames));
  const difference = firstDifference(expected, found);
  say(
    difference
      ? `DIFFERENT: the events of this replay, by subscription: ${difference}.`
      : `Equal: ${count(found.length, 'event')} of this replay, by subscription: joins, leaves and messages, in order.`,
  );
  return difference === null;
}

function toSaid(kind: Said['kind'], line: Line, usernames: Map<string, string>): Said {
  const text = kind === 'message' ? line.text : '';
  return { kind, username: usernames.get(line.nick)!, text, lineNumber: line.number };
}

function foundMessage({ author, body }: FoundMessage): Said {
  return { kind: 'message', username: author.username, text: body };
}

const KINDS = { MemberJoined: 'join', MemberLeft: 'leave', MessagePosted: 'message' } as const;

function foundEvent({ kind, actor, message }: FoundEvent): Said {
  return { kind: KINDS[kind!], username: actor.username, text: message?.body ?? '' };
}
