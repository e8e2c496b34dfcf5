import { listAuditLogOfRoom } from '../audit/entries.ts';
import { AuditEntry } from '../audit/schema.ts';
import { builder } from '../builder.ts';
import { Room } from './schema.ts';

builder.prismaObjectField(Room, 'auditLog', (t) =>
  t.prismaConnection({
    type: AuditEntry,
    cursor: 'id',
    description:
      'What those in charge did in it, the latest first. Refuses with FORBIDDEN for all but its owners and administrators.',
    resolve: (query, room, page, { app, viewer }) =>
      listAuditLogOfRoom(app, viewer, room.id, page, query),
  }),
);
