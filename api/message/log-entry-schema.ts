/** What all events of a room's log have. */
import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { RoomEvent } from '../live/log.ts';
import { roomOf } from '../room/room.ts';
import { Room } from '../room/schema.ts';

export type EventOf<Kind extends RoomEvent['kind']> = Extract<RoomEvent, { kind: Kind }>;

export const RoomLogEntry = builder.interfaceRef<RoomEvent>('RoomLogEntry').implement({
  description: 'What all events of a room’s log have.',
  fields: (t) => ({
    room: t.prismaField({
      shared: true,
      type: Room,
      description: 'Where it happened.',
      resolve: (query, event, _args, { app }) => roomOf(app, event, query),
    }),
    seq: t.exposeInt('seq', {
      shared: true,
      description: 'Its number in the room’s log, without holes.',
    }),
    actor: t.field({
      shared: true,
      type: User,
      description: 'Who did it.',
      resolve: ({ actor }) => actor,
    }),
    createdAt: t.expose('createdAt', {
      shared: true,
      type: 'DateTime',
      description: 'When it happened.',
    }),
  }),
});
