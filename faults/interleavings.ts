/**
 * The live engine over a model of the database and the bus, in whatever order fast-check's scheduler
 * lets commits, hints, reads, admissions, answers and sockets come to their turns. Hints are lost,
 * late and doubled, reads fail, members leave and come back, the log is set back. What each subscriber
 * is given must be the log past their position: without holes, doubles or anything out of order,
 * nothing past their removal, and all of it once a sweep has come round.
 */
import { mock } from 'node:test';
import fc, { type Scheduler } from 'fast-check';
import { createLocalBus } from '../api/live/bus.ts';
import { resyncRequired } from '../api/live/cursor.ts';
import { Fanout } from '../api/live/fanout.ts';
import { Feeds, SWEEP_MS } from '../api/live/feeds.ts';
import { QUEUE_LIMIT } from '../api/live/follower.ts';
import type { RoomEvent } from '../api/live/log.ts';
import type { Logger } from '../api/log.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { ModelRoom, ROOM, type Turn } from './model-room.ts';

const SCHEDULES = { quick: 400, full: 10_000 };
const VIEWERS = 3;
/** More than anybody should need to see a log to its end. */
const MAX_SWEEPS = 30;

const hint = fc.record({
  fate: fc.constantFrom('kept', 'kept', 'lost', 'doubled'),
  bringsEvent: fc.boolean(),
});
const viewer = fc.nat(VIEWERS - 1);

const step = fc.oneof(
  { weight: 10, arbitrary: fc.array(hint, { minLength: 1, maxLength: 4, size: 'max' }) },
  {
    weight: 10,
    arbitrary: fc.record({
      viewer,
      way: fc.constantFrom('alone', 'all', 'messages'),
      /** Null follows from now on; −1 is a cursor that nobody was given yet. */
      behind: fc.option(fc.integer({ min: -1, max: 8 }), { freq: 3 }),
      isSlow: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ unsubscribing: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ leaving: viewer, hint }) },
  { weight: 3, arbitrary: fc.record({ joining: viewer, hint }) },
  { weight: 3, arbitrary: fc.constant('a turn of the event loop' as const) },
  { weight: 2, arbitrary: fc.constant('a sweep' as const) },
  { weight: 1, arbitrary: fc.constant('a crowd' as const) },
  { weight: 1, arbitrary: fc.constant('a read that fails' as const) },
  { weight: 1, arbitrary: fc.record({ settingBack: fc.integer({ min: 1, max: 6 }) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Hint = typeof hint extends fc.Arbitrary<infer T> ? T : never;
type Way = Extract<Step, { way: unknown }>['way'];

export const interleavings: Fault = {
  number: 8,
  name: 'commits, hints, reads and subscriptions interleave in any way',
  async run({ scale, random }: Trial): Promise<Outcome> {
    const tally = { events: 0, subscribers: 0, delivered: 0, removed: 0, resynced: 0 };
    const steps = fc.array(step, { maxLength: 30, size: 'max' });
    const property = fc.asyncProperty(fc.scheduler(), steps, async (scheduler, steps) => {
      const world = createWorld(scheduler);
      const { task } = scheduler.scheduleSequence(
        steps.map((one) => ({ builder: () => world.take(one), label: JSON.stringify(one) })),
      );
      await scheduler.waitFor(task);
      await world.settle();
      const wrong = world.judge();
      await world.close();
      if (wrong.length === 0) wrong.push(...world.leftovers());
      for (const key of Object.keys(tally) as (keyof typeof tally)[])
        tally[key] += world.count[key];
      if (wrong.length > 0) throw new Error(wrong.join('; '));
    });
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    try {
      const found = await fc.check(property, {
        numRuns: SCHEDULES[scale],
        seed: random.below(2 ** 31),
      });
      const violations = found.failed
        ? [
            `${(found.errorInstance as Error).message} (seed ${found.seed}, path ${found.counterexamplePath})`,
          ]
        : [];
      return {
        figures:
          `${found.numRuns.toLocaleString('en')} schedules, ${tally.events.toLocaleString('en')} ` +
          `events, ${tally.subscribers.toLocaleString('en')} subscribers ` +
          `(${tally.removed.toLocaleString('en')} removed, ${tally.resynced.toLocaleString('en')} ` +
          `told to load afresh), ${tally.delivered.toLocaleString('en')} deliveries, ` +
          `${violations.length} violations`,
        violations,
      };
    } finally {
      mock.timers.reset();
    }
  },
};

/** One who subscribed, with what the model knows of what they may be given. */
interface Subscriber {
  viewer: number;
  way: Way;
  /** The number they asked to be given what follows; null where they asked for what comes. */
  after: number | null;
  isForged: boolean;
  /** The history that `after` is of. */
  askedIn: number;
  /** Where the log stood when their subscription was confirmed. */
  confirmedAt: number | null;
  /** The log that they were admitted to, and its length when they last were seen to be members. */
  admitted: { history: number; length: number } | null;
  given: RoomEvent[];
  end: 'unsubscribed' | 'completed' | 'RESYNC_REQUIRED' | 'refused' | null;
  stop: () => void;
}

function createWorld(scheduler: Scheduler) {
  let underWay = 0;
  const turn: Turn = async (label) => {
    underWay++;
    await scheduler.schedule(Promise.resolve(), label).finally(() => underWay--);
  };
  const room = new ModelRoom(turn);
  const bus = createLocalBus();
  const log = { warn() {} } as unknown as Logger;
  const feeds = new Feeds({ source: room, epoch: room, bus, log });
  const fanout = new Fanout(feeds);
  const subscribers: Subscriber[] = [];
  let history = 1;
  for (let viewer = 0; viewer < VIEWERS; viewer++) room.commit('MEMBER_JOINED', viewer);

  async function tell(event: RoomEvent, { fate, bringsEvent }: Hint): Promise<void> {
    if (fate === 'lost') return;
    await turn(`hint ${event.seq}`);
    bus.publish(`room:${ROOM}`, { seq: event.seq, ...(bringsEvent && { event }) });
    if (fate === 'doubled') await tell(event, { fate: 'kept', bringsEvent });
  }

  /** What `approach` of `message/following.ts` decides, of this room. */
  function admission(subscriber: Subscriber, epoch: number) {
    const { viewer } = subscriber;
    const look = () => ({ length: room.log.length, isMember: room.members.has(viewer), history });
    const requireMember = async () => {
      const seen = await room.ask(`membership of ${viewer}`, look);
      if (!seen.isMember) throw new Error('FORBIDDEN');
      return seen;
    };
    return {
      requireMember,
      admit: async () => {
        const { length, history } = await requireMember();
        if (epoch !== room.epoch) throw resyncRequired();
        subscriber.admitted = { history, length };
        return {
          isLast: ({ kind, actor, seq }: RoomEvent) =>
            kind === 'MEMBER_LEFT' && actor.id === String(viewer) && seq > length,
        };
      },
    };
  }

  async function subscribe({ viewer, way, behind, isSlow }: Extract<Step, { way: unknown }>) {
    const { epoch } = room;
    const after = behind === null ? null : Math.max(0, room.log.length - behind);
    const subscriber: Subscriber = {
      viewer,
      way,
      after,
      askedIn: history,
      isForged: behind !== null && behind < 0,
      confirmedAt: null,
      admitted: null,
      given: [],
      end: null,
      stop: () => {},
    };
    subscribers.push(subscriber);
    const { requireMember, admit } = admission(subscriber, epoch);
    try {
      await requireMember();
      if (way === 'alone') await followAlone(subscriber, admit, isSlow);
      else await followInGroup(subscriber, way, admit, isSlow);
      subscriber.end ??= 'completed';
    } catch (error) {
      const isResync = (error as { code?: string }).code === 'RESYNC_REQUIRED';
      subscriber.end ??= isResync
        ? 'RESYNC_REQUIRED'
        : subscriber.confirmedAt === null
          ? 'refused'
          : null;
      if (subscriber.end === null) throw error;
    }
  }

  type Admit = ReturnType<typeof admission>['admit'];

  async function followAlone(subscriber: Subscriber, admit: Admit, isSlow: boolean) {
    const follower = await feeds.follow(ROOM, subscriber.after, async () => ({
      wants: () => true,
      ...(await admit()),
    }));
    subscriber.confirmedAt = room.log.length;
    subscriber.stop = () => void follower.return();
    if (subscriber.end) subscriber.stop();
    for await (const event of follower) {
      if (subscriber.end) return;
      subscriber.given.push(event);
      if (isSlow) await turn('a slow reader');
    }
  }

  async function followInGroup(
    subscriber: Subscriber,
    way: Exclude<Way, 'alone'>,
    admit: Admit,
    isSlow: boolean,
  ) {
    const wants = (event: RoomEvent) => way === 'all' || event.kind === 'MESSAGE_POSTED';
    const toPayload = (event: RoomEvent) => Object.assign(Buffer.alloc(1), { event });
    const subscription = await fanout.subscribe(
      {
        key: way,
        roomId: ROOM,
        answer: (event) => {
          if (!wants(event)) return null;
          // One of the two questions asks for something that has to be read.
          return way === 'messages' && event.seq % 2 === 0
            ? turn(`answer ${event.seq}`).then(() => toPayload(event))
            : toPayload(event);
        },
      },
      {
        after: subscriber.after,
        admit,
        outlet: {
          write(payloads) {
            if (subscriber.end) return;
            for (const payload of payloads)
              subscriber.given.push((payload as unknown as { event: RoomEvent }).event);
          },
          async ready() {
            if (isSlow) await turn('a slow socket');
            return subscriber.end === null;
          },
        },
      },
    );
    subscriber.confirmedAt = room.log.length;
    subscriber.stop = subscription.close;
    if (subscriber.end) subscriber.stop();
    await subscription.ended;
  }

  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    async take(step: Step): Promise<void> {
      if (step === 'a read that fails') room.failures++;
      else if (step === 'a turn of the event loop') await nextTurn();
      else if (step === 'a sweep') mock.timers.tick(SWEEP_MS);
      else if (step === 'a crowd') {
        for (let number = 0; number < QUEUE_LIMIT + 50; number++) {
          const event = room.commit('MESSAGE_POSTED');
          bus.publish(`room:${ROOM}`, { seq: event.seq, event });
        }
      } else if (Array.isArray(step)) {
        for (const hint of step) void tell(room.commit('MESSAGE_POSTED'), hint);
      } else if ('unsubscribing' in step) {
        const subscriber = subscribers[step.unsubscribing % (subscribers.length || 1)];
        if (!subscriber || subscriber.end) return;
        subscriber.end = 'unsubscribed';
        subscriber.stop();
      } else if ('leaving' in step) {
        if (room.members.has(step.leaving))
          void tell(room.commit('MEMBER_LEFT', step.leaving), step.hint);
      } else if ('joining' in step) {
        if (!room.members.has(step.joining))
          void tell(room.commit('MEMBER_JOINED', step.joining), step.hint);
      } else if ('settingBack' in step) {
        room.setBack(step.settingBack);
        history++;
      } else void subscribe(step);
    },

    /** Lets what is under way come to its end and the sweep come round, until all have seen all. */
    async settle() {
      room.failures = 0;
      for (let round = 0; round < MAX_SWEEPS; round++) {
        mock.timers.tick(SWEEP_MS);
        await nextTurn();
        while (underWay > 0) {
          await scheduler.waitIdle();
          await nextTurn();
        }
        await nextTurn();
        if (round > 1 && this.judge().length === 0) return;
      }
    },

    judge: () => subscribers.flatMap((one) => judge(one, room, history)),

    get count() {
      return {
        events: room.log.length,
        subscribers: subscribers.length,
        delivered: subscribers.reduce((sum, { given }) => sum + given.length, 0),
        removed: subscribers.filter(({ end }) => end === 'completed').length,
        resynced: subscribers.filter(({ end }) => end === 'RESYNC_REQUIRED').length,
      };
    },

    /** Ends whoever still follows. */
    async close() {
      for (const subscriber of subscribers) {
        subscriber.end ??= 'unsubscribed';
        subscriber.stop();
      }
      await this.settle();
    },

    leftovers() {
      const left = { feeds: feeds.size, followers: feeds.followers, groups: fanout.groups };
      return Object.entries(left)
        .filter(([, count]) => count > 0)
        .map(([what, count]) => `${count} ${what} left`);
    },
  };
}

/** What is wrong with what one subscriber was given. */
function judge(subscriber: Subscriber, room: ModelRoom, history: number): string[] {
  const { viewer, way, after, askedIn, isForged, given, end, admitted, confirmedAt } = subscriber;
  const who = `viewer ${viewer} ${way} after ${after} (${end ?? 'following'})`;
  const numbers = given.map(({ seq }) => seq);
  const wrong: string[] = [];
  if (numbers.some((seq, index) => index > 0 && seq <= numbers[index - 1]!))
    wrong.push(`${who}: doubled or out of order: ${numbers.join(' ')}`);

  // What was read of a log that is no more is made good by loading afresh.
  if (end === 'RESYNC_REQUIRED')
    return history > 1 || isForged ? wrong : [`${who}: no history was lost`];
  if (end === 'refused' || (end === null && confirmedAt === null)) return wrong;
  // Whoever has left before it was noticed may have been shown another history, and is told no more.
  if (end !== null && history > 1) return wrong;
  // A cursor from before, where nobody followed: only `npm run new-epoch` tells.
  if (after !== null && askedIn !== history) return wrong;

  const { log } = room;
  const wanted = log.filter(({ kind }) => way !== 'messages' || kind === 'MESSAGE_POSTED');
  const leaving = log.find(
    ({ kind, actor, seq }) =>
      kind === 'MEMBER_LEFT' &&
      actor.id === String(viewer) &&
      admitted?.history === history &&
      seq > admitted.length,
  );
  const until = leaving?.seq ?? Infinity;
  if (numbers.some((seq) => seq > until))
    wrong.push(`${who}: given ${numbers.at(-1)} past ${until}`);
  // Without a cursor, at the latest with what came after the confirmation.
  const first = after ?? Math.min((numbers[0] ?? Infinity) - 1, confirmedAt ?? Infinity);
  const due = wanted.filter(({ seq }) => seq > first && seq <= until);
  const isPrefix = given.every((event, index) => event === due[index]);
  if (!isPrefix)
    wrong.push(`${who}: given ${numbers.join(' ')} of ${due.map(({ seq }) => seq).join(' ')}`);
  if (end === null && leaving) wrong.push(`${who}: still follows past ${until}`);
  if (end === 'completed' && !leaving) wrong.push(`${who}: completed without having left`);
  if (end !== 'unsubscribed' && given.length < due.length)
    wrong.push(`${who}: behind: given ${given.length} of ${due.length}`);
  return wrong;
}
