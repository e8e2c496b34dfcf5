import { formatBytes } from '#lib/bytes.ts';
import {
  AdminFilesDocument,
  DeleteFileDocument,
  type FileRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { bytes, none, person, room, tags, text, time } from '../records/cells.ts';
import { mutates, named } from '../records/deed.ts';
import { byAnswer, byPerson, byRoom } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import { sumOf, type Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type File = FileRecordFragment;

/** The name is told with the file only. */
const nameOf = ({ name, mediaType }: File) => name ?? `A file (${mediaType})`;

export const files: Model<File> = {
  page: PAGES.files,
  noun: ['file', 'files'],
  empty: 'What is uploaded to rooms is listed here.',
  searches: 'by name',
  orders: [
    { field: 'CREATED_AT', label: 'Uploaded', first: 'DESC' },
    { field: 'SIZE', label: 'Size', first: 'DESC' },
    { field: 'NAME', label: 'Name', first: 'ASC' },
  ],
  filters: [
    byPerson('By whom', 'uploaderId'),
    byRoom,
    {
      ...{ key: 'type', label: 'Type', kind: 'choice', any: 'Any type' },
      options: [
        ['image/', 'Pictures'],
        ['video/', 'Videos'],
        ['audio/', 'Sounds'],
        ['text/', 'Texts'],
        ['application/', 'Others'],
      ],
      input: (mediaType) => ({ mediaType }),
    },
    byAnswer('sent', 'Sent', 'isSent', ['Sent or not', 'Sent', 'Not sent yet']),
  ],
  columns: [
    {
      label: 'Name',
      order: 'NAME',
      cell: ({ name }) => (name === null ? none('Not shown') : text(name)),
    },
    { label: 'Type', isExtra: true, cell: ({ mediaType }) => text(mediaType) },
    { label: 'Size', order: 'SIZE', isNumber: true, cell: ({ size }) => bytes(size) },
    { label: 'By', cell: ({ uploader }) => person(uploader) },
    { label: 'Room', cell: ({ room: at }) => room(at) },
    { label: 'Uploaded', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    {
      ...{ label: 'State', isExtra: true },
      cell: ({ isSent }) => (isSent ? text('Sent') : tags({ text: 'Not sent' })),
    },
  ],
  facts: ({ url, mediaType, alt, width, height }) => [
    {
      label: 'Content',
      cell:
        url === null
          ? none('not shown: only members may see it')
          : mediaType.startsWith('image/')
            ? { kind: 'picture', src: url, alt: alt ?? '' }
            : { kind: 'link', text: 'Download', href: url },
    },
    { label: 'Description', cell: text(alt) },
    { label: 'Measures', cell: width && height ? text(`${width} × ${height}`) : none() },
  ],
  related: ({ uploader, room: at }) => [
    { label: 'Uploader', href: `/admin/people/${encodeURIComponent(uploader.id)}` },
    { label: 'Room', href: `/admin/rooms/${encodeURIComponent(at.id)}` },
  ],
  deeds: [
    {
      ...{ label: 'Delete…', isDanger: true, isBulk: true },
      title: (rows) => `Delete ${named(rows, nameOf, 'files')}?`,
      says: 'It cannot be undone. A file that was sent is taken out of its message; a message that has nothing else goes with it.',
      loses: (rows) => [formatBytes(sumOf(rows, ({ size }) => size))],
      submit: 'Delete',
      perform: mutates(DeleteFileDocument, ({ id }) => ({ fileId: id })),
      done: (rows) => `Deleted: ${named(rows, nameOf, 'files')}.`,
    },
  ],
  nameOf,
  list: listOf(
    AdminFilesDocument,
    (data) => data.administration.files,
    (node) => node,
  ),
};
