/** Filters that several lists share. */
import { dayEnd, dayStart } from './days.ts';
import type { Filter } from './model.ts';

export const byRoom: Filter = {
  ...{ key: 'room', label: 'In which room', kind: 'room' },
  input: (roomId) => ({ roomId }),
};

/** By the schema's name for whose it is. */
export const byPerson = (label: string, field: string, key = 'user'): Filter => ({
  ...{ key, label, kind: 'person' },
  input: (id) => ({ [field]: id }),
});

export const bySince: Filter = {
  ...{ key: 'since', label: 'Since', kind: 'day' },
  input: (day) => ({ since: dayStart(day) }),
};

/** To the end of the day. */
export const byUntil: Filter = {
  ...{ key: 'until', label: 'Until', kind: 'day' },
  input: (day) => ({ until: dayEnd(day) }),
};

export const byAnswer = (
  key: string,
  label: string,
  field: string,
  [any, yes, no]: readonly [any: string, yes: string, no: string],
): Filter => ({
  ...{ key, label, kind: 'choice', any },
  options: [
    ['yes', yes],
    ['no', no],
  ],
  input: (answer) => ({ [field]: answer === 'yes' }),
});
