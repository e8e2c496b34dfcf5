/**
 * Who is present in the other processes, by what those say of themselves. Each counts its changes and
 * names the count in all that it says: whoever has missed one asks for the whole state. A process that
 * has been silent for SILENCE_MS is dead, and nobody is present in it; unless it is this one that was held up, and has not
 * come to hear yet what was said.
 */
import { type Attendance, type Choice, later } from './attendance.ts';

/** Somebody's attendance in a process, or when they were last seen, in milliseconds since 1970. */
export type Entry = [userId: string, Attendance | number];

/** What a process says of itself. Other releases may say more: what is not known is passed over. */
export type PresenceHint = { process: string } & (
  | { kind: 'beat'; version: number }
  | { kind: 'changes'; version: number; entries: Entry[] }
  | { kind: 'state'; version: number; part: number; parts: number; entries: Entry[] }
  /** Asks one process, or all of them, for their state. */
  | { kind: 'ask'; of: string | null }
  /** Somebody has chosen a status there, wherever their devices are. */
  | { kind: 'choice'; userId: string; choice: Choice }
  | { kind: 'leave' }
);

export interface Listener {
  changed(userId: string): void;
  seen(userId: string, at: number): void;
  /** This process has missed what that one has said. */
  missed(process: string): void;
}

interface Neighbour {
  /** Null until its whole state has come. */
  version: number | null;
  people: Map<string, Attendance>;
  /** A state of which only the first parts have come. */
  arriving: { parts: number; entries: Entry[] };
  heardAt: number;
  /** How many looks at the silent ones there had been by then. */
  heardAtLook: number;
  isLeaving: boolean;
}

/** Between two looks it is heard what came meanwhile: one look alone may come late, before any of it. */
const LEAST_LOOKS = 2;

export class Neighbours {
  readonly #processes = new Map<string, Neighbour>();
  readonly #listener: Listener;
  #looks = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  of(userId: string): Attendance[] {
    const found: Attendance[] = [];
    for (const { people } of this.#processes.values()) {
      const attendance = people.get(userId);
      if (attendance) found.push(attendance);
    }
    return found;
  }

  /** Takes what another process says of itself. */
  hear(hint: PresenceHint): void {
    const { process } = hint;
    const neighbour = this.#processes.get(process) ?? {
      version: null,
      people: new Map<string, Attendance>(),
      arriving: { parts: 0, entries: [] },
      heardAt: 0,
      heardAtLook: 0,
      isLeaving: false,
    };
    this.#processes.set(process, neighbour);
    neighbour.heardAt = Date.now();
    neighbour.heardAtLook = this.#looks;
    neighbour.isLeaving = hint.kind === 'leave';
    if (hint.kind === 'state') this.#assemble(neighbour, hint);
    else if (hint.kind === 'beat') this.#expect(process, neighbour, hint.version);
    else if (hint.kind === 'changes') {
      if (!this.#expect(process, neighbour, hint.version - 1)) return;
      neighbour.version = hint.version;
      for (const entry of hint.entries) this.#take(neighbour, entry);
    }
  }

  /** Takes a choice for somebody before the processes that they are connected to tell of it. */
  choose(userId: string, choice: Choice): void {
    for (const { people } of this.#processes.values()) {
      const attendance = people.get(userId);
      if (!attendance) continue;
      people.set(userId, { ...attendance, choice: later(attendance.choice, choice) });
    }
    this.#listener.changed(userId);
  }

  /**
   * Forgets the processes that nothing was heard of for so long, and sooner those that have said that
   * they end: their people come back elsewhere.
   */
  forgetSilent({ silenceMs, lingerMs }: { silenceMs: number; lingerMs: number }): void {
    const now = Date.now();
    this.#looks++;
    for (const [process, { heardAt, heardAtLook, isLeaving }] of this.#processes) {
      const isSilent = now - heardAt > (isLeaving ? lingerMs : silenceMs);
      if (isSilent && this.#looks - heardAtLook >= LEAST_LOOKS) this.#forget(process);
    }
  }

  #expect(process: string, neighbour: Neighbour, version: number): boolean {
    if (neighbour.version === version) return true;
    neighbour.version = null;
    this.#listener.missed(process);
    return false;
  }

  #assemble(
    neighbour: Neighbour,
    { version, part, parts, entries }: PresenceHint & { kind: 'state' },
  ): void {
    if (part === 0) neighbour.arriving = { parts: 0, entries: [] };
    // Of a state that was lost in part the rest is worth nothing: the next beat asks again.
    if (part !== neighbour.arriving.parts++) return;
    neighbour.arriving.entries.push(...entries);
    if (part < parts - 1) return;
    const before = neighbour.people;
    neighbour.people = new Map();
    neighbour.version = version;
    for (const entry of neighbour.arriving.entries) this.#take(neighbour, entry);
    neighbour.arriving = { parts: 0, entries: [] };
    for (const userId of before.keys()) {
      if (!neighbour.people.has(userId)) this.#listener.changed(userId);
    }
  }

  #take({ people }: Neighbour, [userId, entry]: Entry): void {
    if (typeof entry === 'number') {
      people.delete(userId);
      this.#listener.seen(userId, entry);
    } else people.set(userId, entry);
    this.#listener.changed(userId);
  }

  #forget(process: string): void {
    const gone = this.#processes.get(process);
    if (!gone) return;
    this.#processes.delete(process);
    for (const userId of gone.people.keys()) {
      this.#listener.seen(userId, gone.heardAt);
      this.#listener.changed(userId);
    }
  }
}
