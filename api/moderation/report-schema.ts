import { builder } from '../builder.ts';
import type { Report as ReportRow } from '../generated/prisma/client.ts';
import { byItself } from '../message/history.ts';
import { messageKey } from '../message/key.ts';
import { Message } from '../message/schema.ts';
import { givenKey, nodeKey } from '../node-id.ts';
import { COUNT, countOf, directionOf, orderInput } from '../ordering.ts';
import { Room } from '../room/schema.ts';
import {
  closeReport,
  countReports,
  listReports,
  NOTE_MAX_LENGTH,
  reportMessage,
  workableReports,
} from './report.ts';

const ReportOutcome = builder.enumType('ReportOutcome', {
  description: 'What came of a report.',
  values: {
    ACTED_UPON: { description: 'Something was done about it.' },
    DISMISSED: { description: 'There was nothing to be done.' },
  },
});

const Report = builder.prismaNode('Report', {
  description:
    'A message that somebody wants those in charge to look at; only they see it, and none that is about themselves.',
  nullable: true,
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, AND: workableReports(viewer) }),
  fields: (t) => ({
    room: t.relation('room', { description: 'Where it was said.' }),
    message: t.field({
      type: Message,
      description: 'The message as it is now.',
      select: { message: { include: { author: true } } },
      resolve: ({ message }, _args, { app, viewer }) => byItself(app, viewer, message),
    }),
    reporter: t.relation('reporter', { description: 'Who reported it.' }),
    reason: t.exposeString('reason', { description: 'Why, in their words.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was closed; null while it is open.',
    }),
    closedBy: t.relation('closedBy', { nullable: true, description: 'Who closed it.' }),
    outcome: t.expose('outcome', {
      type: ReportOutcome,
      nullable: true,
      description: 'What came of it; null while it is open.',
    }),
    note: t.exposeString('note', { nullable: true, description: 'What was noted in closing it.' }),
  }),
});

const open = {
  required: false,
  description: 'Only those that are (true) or are not (false) open.',
} as const;

builder.prismaObjectField(Room, 'reports', (t) =>
  t.prismaConnection({
    type: Report,
    cursor: 'id',
    description:
      'Reports of its messages: of open ones the oldest first, otherwise the latest. Refuses with FORBIDDEN for all but ' +
      'those who keep order.',
    args: { open: t.arg.boolean(open) },
    resolve: (query, { id: roomId }, { open, ...page }, { app, viewer }) =>
      listReports(app, viewer, { roomId, open: open ?? null }, page, query),
  }),
);

const ReportFilter = builder.inputType('ReportFilter', {
  description: 'Which reports; what is left out is not asked for.',
  fields: (t) => ({
    roomId: t.id({ required: false, description: 'The `id` of the Room.' }),
    authorId: t.id({ required: false, description: 'The `id` of the User who wrote the message.' }),
    reporterId: t.id({ required: false, description: 'The `id` of the User who reported it.' }),
  }),
});

const ReportOrder = orderInput('Report', { CREATED_AT: 'When they were made.' });

interface FilterArguments {
  open?: boolean | null | undefined;
  search?: string | null | undefined;
  filter?: typeof ReportFilter.$inferInput | null | undefined;
}

const filterOf = ({ open, search, filter }: FilterArguments) => ({
  ...{ open: open ?? null, search },
  roomId: givenKey('Room', filter?.roomId),
  authorId: givenKey('User', filter?.authorId),
  reporterId: givenKey('User', filter?.reporterId),
});

builder.queryField('reports', (t) =>
  t.prismaConnection(
    {
      type: Report,
      cursor: 'id',
      description:
        'Reports of messages in all rooms: unless it is said, of open ones the oldest first, otherwise the latest. Refuses with ' +
        'FORBIDDEN for all but administrators.',
      args: {
        open: t.arg.boolean(open),
        search: t.arg.string({
          required: false,
          description:
            'Part of a reason, or of the username of who wrote the message or reported it, in any case.',
        }),
        filter: t.arg({ type: ReportFilter, required: false, description: 'Which.' }),
        orderBy: t.arg({ type: ReportOrder, required: false, description: 'In which order.' }),
      },
      resolve: (query, _root, { open, search, filter, orderBy, ...page }, { app, viewer }) =>
        listReports(
          app,
          viewer,
          filterOf({ open, search, filter }),
          page,
          query,
          directionOf(orderBy),
        ),
      totalCount: (_root, args, { app, viewer }) =>
        countReports(app, viewer, filterOf(args as FilterArguments)),
    },
    { fields: (f) => ({ totalCount: f.int({ description: COUNT, resolve: countOf }) }) },
  ),
);

const ReportMessageInput = builder.inputType('ReportMessageInput', {
  description: 'A message that those in charge are to look at.',
  fields: (t) => ({
    messageId: t.id({ description: 'The `id` of the message.' }),
    reason: t.string({ description: 'Why: up to 300 characters.' }),
  }),
});

const CloseReportInput = builder.inputType('CloseReportInput', {
  description: 'A report that has been looked at.',
  fields: (t) => ({
    reportId: t.id({ description: 'The `id` of the report.' }),
    outcome: t.field({ type: ReportOutcome, description: 'What came of it.' }),
    note: t.string({
      required: false,
      description: `For others in charge: up to ${NOTE_MAX_LENGTH} characters.`,
    }),
  }),
});

const ReportMessagePayload = builder
  .objectRef<{ messageId: string }>('ReportMessagePayload')
  .implement({
    description: 'That the message was reported.',
    fields: (t) => ({
      messageId: t.exposeID('messageId', { description: 'The `id` of the message.' }),
    }),
  });

const CloseReportPayload = builder
  .objectRef<{ report: ReportRow }>('CloseReportPayload')
  .implement({
    description: 'The report that was closed.',
    fields: (t) => ({
      report: t.field({
        type: Report,
        description: 'As it is now.',
        resolve: ({ report }) => report,
      }),
    }),
  });

builder.mutationFields((t) => ({
  reportMessage: t.field({
    type: ReportMessagePayload,
    description:
      'Asks those in charge of the room to look at a message; its author is not told. Refuses with INVALID_INPUT, NOT_FOUND, ' +
      'FORBIDDEN for one’s own, CONFLICT for what was deleted or reported before, RATE_LIMITED.',
    args: { input: t.arg({ type: ReportMessageInput, description: 'Which, and why.' }) },
    resolve: async (_root, { input: { messageId, reason } }, { app, viewer }) => {
      await reportMessage(app, viewer, { ...messageKey(messageId), reason });
      return { messageId };
    },
  }),
  closeReport: t.field({
    type: CloseReportPayload,
    description:
      'Puts a report aside, with what came of it. Refuses with INVALID_INPUT, NOT_FOUND for all but those who keep order, ' +
      'and where it is about the viewer’s own message, CONFLICT where it was closed before.',
    args: { input: t.arg({ type: CloseReportInput, description: 'Which, and how.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      report: await closeReport(app, viewer, {
        reportId: nodeKey('Report', input.reportId),
        outcome: input.outcome,
        note: input.note ?? null,
      }),
    }),
  }),
}));
