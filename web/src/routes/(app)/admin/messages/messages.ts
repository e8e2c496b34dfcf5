import { counted } from '#lib/counted.ts';
import {
  AdminMessagesDocument,
  DeleteMessageDocument,
  type MessageRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { count, none, person, room, tags, text, time, type Cell } from '../records/cells.ts';
import { mutates, named } from '../records/deed.ts';
import { byAnswer, byPerson, byRoom, bySince, byUntil } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import { sumOf, type Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type Message = MessageRecordFragment;

/** A body that the API does not give is said to be private, rather than to be empty. */
export function bodyCell({ body, deletedAt, fileCount }: Message): Cell {
  if (deletedAt) return none('deleted');
  if (body === null) return none('not shown: only members may read it');
  if (body === '') return none(counted(fileCount, ['file', 'files']));
  return text(body);
}

const nameOf = ({ author }: Message) => `the message of ${author.displayName}`;

export const messages: Model<Message> = {
  page: PAGES.messages,
  noun: ['message', 'messages'],
  empty: 'What is said in rooms is listed here; of direct messages nothing is.',
  searches: 'words, where you may read',
  orders: [{ field: 'CREATED_AT', label: 'Sent', first: 'DESC' }],
  filters: [
    byPerson('By whom', 'authorId'),
    byRoom,
    byAnswer('reported', 'Reported', 'isReported', ['Reported or not', 'Reported', 'Not reported']),
    byAnswer('deleted', 'Deleted', 'isDeleted', ['Deleted or not', 'Deleted', 'Not deleted']),
    bySince,
    byUntil,
  ],
  columns: [
    { label: 'Message', cell: bodyCell },
    { label: 'By', cell: ({ author }) => person(author) },
    { label: 'Room', cell: ({ room: at }) => room(at) },
    { label: 'Sent', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    {
      ...{ label: 'Files', isNumber: true, isExtra: true },
      cell: ({ fileCount }) => count(fileCount),
    },
    {
      ...{ label: 'Reports', isExtra: true },
      cell: ({ reportCount }) =>
        reportCount > 0
          ? tags({ text: counted(reportCount, ['report', 'reports']), tone: 'alert' })
          : none(),
    },
  ],
  facts: ({ editedAt, deletedAt }) => [
    { label: 'Edited', cell: time(editedAt, 'never') },
    { label: 'Deleted', cell: time(deletedAt, 'no') },
  ],
  related: ({ id, author, room: at }) => [
    ...(at.isReadable
      ? [{ label: 'Show in room', href: `/rooms/${at.slug}/m/${encodeURIComponent(id)}` }]
      : []),
    { label: 'Author', href: `/admin/people/${encodeURIComponent(author.id)}` },
    { label: 'Room', href: `/admin/rooms/${encodeURIComponent(at.id)}` },
  ],
  deeds: [
    {
      ...{ label: 'Delete…', isDanger: true, isBulk: true },
      fits: ({ deletedAt }) => deletedAt === null,
      title: (rows) => `Delete ${named(rows, nameOf, 'messages')}?`,
      says: 'It is gone from all screens at once; that it was there remains to be seen.',
      loses: (rows) => {
        const files = sumOf(rows, ({ fileCount }) => fileCount);
        return files > 0 ? [counted(files, ['file', 'files'])] : [];
      },
      submit: 'Delete',
      perform: mutates(DeleteMessageDocument, ({ id }) => ({ messageId: id })),
      done: (rows) => `${counted(rows.length, ['message', 'messages'])} deleted.`,
    },
  ],
  nameOf,
  list: listOf(
    AdminMessagesDocument,
    (data) => data.administration.messages,
    (node) => node,
  ),
};
