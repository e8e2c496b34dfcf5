import { mayOnServer } from '../access.ts';
import { loggedIn } from '../viewer.ts';
import { builder } from '../builder.ts';
import { encodeNodeId, givenKey } from '../node-id.ts';
import { COUNT, countOf, directionOf, orderInput } from '../ordering.ts';
import { AUDIT_ACTIONS, type AuditAction as Action } from './audit.ts';
import { type AuditChange as Change, changesOf, countAuditLog, listAuditLog } from './entries.ts';

const AuditAction = builder.enumType('AuditAction', {
  description: 'What those in charge can have done. More may come.',
  values: Object.fromEntries(
    Object.entries(AUDIT_ACTIONS).map(([action, description]) => [
      action,
      { value: action as Action, description },
    ]),
  ),
});

const AuditChange = builder.objectRef<Change>('AuditChange').implement({
  description: 'What of something was other before a deed than after it.',
  fields: (t) => ({
    what: t.exposeString('what', { description: 'What of it, such as `role` or `until`.' }),
    before: t.exposeString('before', {
      nullable: true,
      description: 'As it was; null for nothing.',
    }),
    after: t.exposeString('after', { nullable: true, description: 'As it is; null for nothing.' }),
  }),
});

export const AuditEntry = builder.prismaObject('AuditEntry', {
  description:
    'What somebody in charge did, kept for ever. Ids and names are those of the time, whatever became of them; nothing that ' +
    'somebody wrote is in it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique among the entries.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was done.' }),
    action: t.field({
      type: AuditAction,
      description: 'What was done.',
      resolve: ({ action }) => action as Action,
    }),
    actorId: t.id({
      description: 'The `id` of the User who did it.',
      resolve: ({ actorId }) => encodeNodeId('User', actorId),
    }),
    actorName: t.exposeString('actorName', { description: 'Their username at the time.' }),
    address: t.string({
      nullable: true,
      description: 'The network address that they did it from; told to administrators only.',
      resolve: ({ address }, _args, { viewer }) =>
        mayOnServer(loggedIn(viewer).user, 'administer') ? address : null,
    }),
    userId: t.id({
      nullable: true,
      description: 'The `id` of the User to whom it was done; null for nobody.',
      resolve: ({ userId }) => userId && encodeNodeId('User', userId),
    }),
    userName: t.exposeString('userName', {
      nullable: true,
      description: 'Their username at the time.',
    }),
    roomId: t.id({
      nullable: true,
      description: 'The `id` of the Room where; null for none.',
      resolve: ({ roomId }) => roomId && encodeNodeId('Room', roomId),
    }),
    roomSlug: t.exposeString('roomSlug', { nullable: true, description: 'Its slug at the time.' }),
    messageSeq: t.exposeInt('messageSeq', {
      nullable: true,
      description: 'The number of the message that it was about; null for none.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why, in the words of who did it.',
    }),
    changes: t.field({
      type: [AuditChange],
      description: 'What was and what is.',
      resolve: (entry) => changesOf(entry),
    }),
  }),
});

const AuditFilter = builder.inputType('AuditFilter', {
  description: 'Which entries of the audit log; what is left out is not asked for.',
  fields: (t) => ({
    actions: t.field({ type: [AuditAction], required: false, description: 'What was done.' }),
    actorId: t.id({ required: false, description: 'The `id` of the User who did it.' }),
    userId: t.id({ required: false, description: 'The `id` of the User to whom it was done.' }),
    roomId: t.id({ required: false, description: 'The `id` of the Room where.' }),
    since: t.field({ type: 'DateTime', required: false, description: 'At that moment or later.' }),
    until: t.field({ type: 'DateTime', required: false, description: 'Before that moment.' }),
  }),
});

const AuditOrder = orderInput('Audit', { CREATED_AT: 'When it was done.' });

interface FilterArguments {
  search?: string | null | undefined;
  filter?: typeof AuditFilter.$inferInput | null | undefined;
}

const filterOf = ({ search, filter }: FilterArguments) => ({
  ...{ search, ...filter },
  actorId: givenKey('User', filter?.actorId),
  userId: givenKey('User', filter?.userId),
  roomId: givenKey('Room', filter?.roomId),
});

builder.queryField('auditLog', (t) =>
  t.prismaConnection(
    {
      type: AuditEntry,
      cursor: 'id',
      description:
        'What those in charge did, the latest first unless it is said. Refuses with FORBIDDEN for all but administrators.',
      args: {
        search: t.arg.string({
          required: false,
          description: 'Part of a username or a slug of then, or of a reason, in any case.',
        }),
        filter: t.arg({ type: AuditFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({ type: AuditOrder, required: false, description: 'In which order.' }),
      },
      resolve: (query, _root, { search, filter, orderBy, ...page }, { app, viewer }) =>
        listAuditLog(app, viewer, filterOf({ search, filter }), page, query, directionOf(orderBy)),
      totalCount: (_root, args, { app, viewer }) =>
        countAuditLog(app, viewer, filterOf(args as FilterArguments)),
    },
    { fields: (f) => ({ totalCount: f.int({ description: COUNT, resolve: countOf }) }) },
  ),
);
