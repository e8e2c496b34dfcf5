/**
 * A room as the database holds it, in memory: a log that is numbered in the order of commits, without
 * holes, its members, and the epoch of its history. What is asked of it is answered as it was at some
 * moment between question and answer, by the turns that a scheduler gives.
 */
import type { Epoch } from '../api/live/history.ts';
import {
  LOG_PAGE_SIZE,
  type LogSource,
  printOf,
  type RoomEvent,
  type Stretch,
} from '../api/live/log.ts';

export const ROOM = 'room';

/** Lets others come first; resolves when it is one's turn. */
export type Turn = (label: string) => Promise<void>;

export class ModelRoom implements LogSource, Epoch {
  log: RoomEvent[] = [];
  readonly members = new Set<number>();
  /** The mark in the database. */
  mark = 1;
  /** The mark that this process has read last. */
  epoch = 1;
  /** How many of the next reads fail. */
  failures = 0;
  readonly #turn: Turn;
  readonly #listeners: (() => void)[] = [];
  /** No two events have the same, also of two histories. */
  #clock = 0;
  #asked = 0;
  #answered = 0;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  commit(kind: 'MESSAGE_POSTED' | 'MEMBER_JOINED' | 'MEMBER_LEFT', actor = 0): RoomEvent {
    if (kind === 'MEMBER_JOINED') this.members.add(actor);
    if (kind === 'MEMBER_LEFT') this.members.delete(actor);
    const event = {
      kind,
      roomId: ROOM,
      seq: this.log.length + 1,
      actor: { id: String(actor) },
      createdAt: new Date(++this.#clock),
    } as RoomEvent;
    this.log.push(event);
    return event;
  }

  /** Puts back what was there `lost` events ago; who belongs to the room is as the log says. */
  setBack(lost: number): void {
    this.log = this.log.slice(0, Math.max(0, this.log.length - lost));
    this.members.clear();
    for (const { kind, actor } of this.log) {
      if (kind === 'MEMBER_JOINED') this.members.add(Number(actor.id));
      if (kind === 'MEMBER_LEFT') this.members.delete(Number(actor.id));
    }
  }

  /** Answers with what `look` sees at some moment. */
  async ask<T>(label: string, look: () => T): Promise<T> {
    await this.#turn(`${label} is asked`);
    const seen = look();
    const fails = this.failures > 0 && this.failures-- > 0;
    await this.#turn(`${label} is answered`);
    if (fails) throw new Error('The read fails, as it should.');
    return seen;
  }

  readHead(_roomId: string) {
    const print = (event?: RoomEvent) => (event ? printOf(event.createdAt) : 0);
    return this.ask('head', () => ({ seq: this.log.length, print: print(this.log.at(-1)) }));
  }

  readHeads(stretches: Stretch[]) {
    const sum = ({ first, last }: Stretch) =>
      this.log
        .slice(Math.max(0, first - 1), last)
        .reduce((sum, { createdAt }) => sum + printOf(createdAt), 0);
    return this.ask(
      'heads',
      () =>
        new Map(
          stretches.map((one) => [one.roomId, { newest: this.log.length, prints: sum(one) }]),
        ),
    );
  }

  readAfter(_roomId: string, seq: number): Promise<RoomEvent[]> {
    return this.ask('events', () => this.log.slice(seq, seq + LOG_PAGE_SIZE));
  }

  async check(): Promise<void> {
    const number = ++this.#asked;
    const mark = await this.ask('epoch', () => this.mark);
    if (number < this.#answered) return;
    this.#answered = number;
    if (mark === this.epoch) return;
    this.epoch = mark;
    for (const act of this.#listeners) act();
  }

  async renew(): Promise<void> {
    const { epoch } = this;
    await this.ask('another epoch', () => {
      if (this.mark === epoch) this.mark++;
    });
    await this.check();
  }

  onChange(act: () => void): void {
    this.#listeners.push(act);
  }
}
