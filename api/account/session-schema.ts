/** One's own sessions: to be looked through, and ended. */
import type { ObjectRef } from '@pothos/core';
import { loggedIn } from '../viewer.ts';
import { builder } from '../builder.ts';
import type { Session as SessionRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { SessionKind } from './schema.ts';
import { listSessions, revokeOtherSessions, revokeSession } from './session.ts';

const Session = builder.prismaNode('Session', {
  description:
    'A log-in of the viewer’s; administrators are told of others’ in `Administration.sessions`.',
  nullable: true,
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: loggedIn(viewer).user.id }),
});
describeSession(Session);

builder.queryField('sessions', (t) =>
  t.prismaConnection({
    type: Session,
    cursor: 'id',
    description: 'The viewer’s own sessions, the last used first.',
    resolve: (query, _root, args, { app, viewer }) => listSessions(app, viewer, args, query),
  }),
);

/** What a session tells of itself, to whom it belongs and to administrators. */
export function describeSession<Shape extends Omit<SessionRow, 'tokenHash'>>(
  type: ObjectRef<typeof builder.$inferSchemaTypes, unknown, Shape>,
): void {
  builder.objectFields(type, (t) => ({
    kind: t.field({
      type: SessionKind,
      description: 'How it is carried.',
      resolve: ({ kind }) => kind,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it began.',
      resolve: ({ createdAt }) => createdAt,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      description: 'When it was last used, to the hour.',
      resolve: ({ lastUsedAt }) => lastUsedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends, unless it is used before.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    userAgent: t.string({
      nullable: true,
      description: 'What the program that began it called itself.',
      resolve: ({ userAgent }) => userAgent,
    }),
    address: t.string({
      nullable: true,
      description: 'The network address it began from.',
      resolve: ({ address }) => address,
    }),
    isCurrent: t.boolean({
      description: 'Whether it is the one that asks.',
      resolve: ({ id }, _args, { viewer }) => id === viewer.sessionId,
    }),
  }));
}

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'A session to be ended.',
  fields: (t) => ({
    sessionId: t.id({ description: 'One of the viewer’s own; for administrators, anybody’s.' }),
  }),
});

const RevokeSessionPayload = builder
  .objectRef<{ session: SessionRow }>('RevokeSessionPayload')
  .implement({
    description: 'The session that was ended.',
    fields: (t) => ({
      session: t.field({ type: Session, description: 'As it was.', resolve: (p) => p.session }),
    }),
  });

const RevokeOtherSessionsPayload = builder
  .objectRef<{ revokedCount: number }>('RevokeOtherSessionsPayload')
  .implement({
    description: 'What was ended.',
    fields: (t) => ({ revokedCount: t.exposeInt('revokedCount', { description: 'How many.' }) }),
  });

builder.mutationFields((t) => ({
  revokeSession: t.field({
    type: RevokeSessionPayload,
    description:
      'Ends one of the viewer’s sessions, and whatever it holds open; administrators also end those of others. Refuses with ' +
      'NOT_FOUND, FORBIDDEN for administrators towards those of as high a role.',
    args: { input: t.arg({ type: RevokeSessionInput, description: 'Which.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      session: await revokeSession(app, viewer, { sessionId: nodeKey('Session', input.sessionId) }),
    }),
  }),
  revokeOtherSessions: t.field({
    type: RevokeOtherSessionsPayload,
    description: 'Ends all of the viewer’s sessions but the one that asks.',
    resolve: async (_root, _args, { app, viewer }) => ({
      revokedCount: await revokeOtherSessions(app, viewer),
    }),
  }),
}));
