/** What one process knows of a person who is connected to it, and what follows for their status. */

export type PresenceStatus = 'ONLINE' | 'AWAY' | 'DO_NOT_DISTURB' | 'OFFLINE';
/** What people may choose. */
export type ChosenStatus = Exclude<PresenceStatus, 'OFFLINE'>;

export interface Choice {
  status: ChosenStatus;
  /** When they chose, in milliseconds since 1970; 0 for what a device only remembers. */
  at: number;
}

export interface Attendance {
  /** Whether none of their devices is in use. */
  isIdle: boolean;
  choice: Choice | null;
}

/** The status of somebody who attends in these processes: their choice, else by the use of their devices. */
export function statusOf(attendances: readonly Attendance[]): PresenceStatus {
  if (attendances.length === 0) return 'OFFLINE';
  const choice = attendances.reduce<Choice | null>(
    (latest, attendance) => later(latest, attendance.choice),
    null,
  );
  if (choice && choice.status !== 'ONLINE') return choice.status;
  return attendances.every(({ isIdle }) => isIdle) ? 'AWAY' : 'ONLINE';
}

/** The later of two choices; of two at the same time the same one in every process. */
export function later(one: Choice | null, other: Choice | null): Choice | null {
  if (!one || !other) return one ?? other;
  if (one.at !== other.at) return one.at > other.at ? one : other;
  return one.status < other.status ? one : other;
}
