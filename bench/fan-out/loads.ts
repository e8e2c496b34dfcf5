import type { CrowdSize } from '../harness/crowd.ts';

export interface Load extends CrowdSize {
  /** As in `--load`. */
  name: string;
  title: string;
  /** So many messages a second whatever comes of them, or so many under way at a time. */
  pace: { perSecond: number } | { inFlight: number };
}

export function loads(subscribers: number): Load[] {
  const count = subscribers.toLocaleString('en');
  const oneRoom = { rooms: 1, subscribersPerRoom: subscribers };
  const rooms = Math.max(1, Math.round(subscribers / 10));
  return [
    {
      name: 'steady',
      title: `${count} subscribers in one room, 10 messages a second`,
      ...oneRoom,
      pace: { perSecond: 10 },
    },
    {
      name: 'brisk',
      title: `${count} subscribers in one room, 20 messages a second`,
      ...oneRoom,
      pace: { perSecond: 20 },
    },
    {
      name: 'closed',
      title: `${count} subscribers in one room, 4 messages in flight`,
      ...oneRoom,
      pace: { inFlight: 4 },
    },
    {
      name: 'rooms',
      title: `${rooms} rooms of 20 subscribers, 2 messages a second in each`,
      rooms,
      subscribersPerRoom: 20,
      pace: { perSecond: rooms * 2 },
    },
  ];
}
