/** What administrators do to rooms, also to private ones. */
import { formatBytes } from '#lib/bytes.ts';
import { counted } from '#lib/counted.ts';
import {
  ArchiveRoomDocument,
  CreateRoomDocument,
  DeleteRoomDocument,
  UnarchiveRoomDocument,
  type PostingPolicy,
  type RoomRecordFragment,
  type RoomVisibility,
} from '#lib/graphql/generated/graphql.ts';
import { saveRoomSettings } from '../../rooms/[slug]/room-settings.ts';
import { SLOW_MODES } from '../../rooms/[slug]/slow-mode.ts';
import { mutates, named, orNull, type Deed, type DeedField } from '../records/deed.ts';
import { sumOf } from '../records/model.ts';

type Room = RoomRecordFragment;

const names = (rows: readonly Room[]) => named(rows, ({ name }) => `#${name}`, 'rooms');
const were = (rows: readonly Room[]) => (rows.length === 1 ? 'was' : 'were');

const VISIBILITY = {
  ...{ name: 'visibility', label: 'Who sees it', kind: 'select' },
  options: [
    { value: 'PUBLIC', label: 'Public: anyone finds, reads and joins it' },
    { value: 'RESTRICTED', label: 'Restricted: anyone finds it; members read' },
    { value: 'PRIVATE', label: 'Private: only those invited know of it' },
  ],
} satisfies Partial<DeedField<Room>>;

export const createRoom: Deed<null> = {
  label: 'Create a room',
  title: () => 'Create a room',
  says: 'You become its owner.',
  fields: [
    { name: 'name', label: 'Name', kind: 'text' },
    {
      ...{ name: 'slug', label: 'Address', kind: 'text', isRequired: true },
      hint: 'Lower-case letters and digits, with hyphens between words.',
    },
    { name: 'topic', label: 'Topic', kind: 'text' },
    VISIBILITY,
  ],
  submit: 'Create room',
  perform: mutates(CreateRoomDocument, (_row, { name, slug = '', topic, visibility }) => ({
    ...{ slug: slug.trim(), name: orNull(name), topic: orNull(topic) },
    visibility: visibility as RoomVisibility,
  })),
  done: () => 'The room was created.',
};

export const roomDeeds: readonly Deed<Room>[] = [
  {
    label: 'Edit…',
    title: (rows) => `Edit ${names(rows)}`,
    fields: [
      { name: 'name', label: 'Name', kind: 'text', isRequired: true, initial: ({ name }) => name },
      { name: 'topic', label: 'Topic', kind: 'text', initial: ({ topic }) => topic ?? '' },
      {
        ...{ name: 'description', label: 'Description', kind: 'paragraph' },
        initial: ({ description }) => description ?? '',
      },
      {
        ...{ name: 'icon', label: 'Icon', kind: 'text', hint: 'One emoji, or nothing.' },
        initial: ({ icon }) => icon ?? '',
      },
      { ...VISIBILITY, initial: ({ visibility }) => visibility },
      {
        ...{ name: 'postingPolicy', label: 'Who writes', kind: 'select' },
        options: [
          { value: 'MEMBERS', label: 'All members' },
          { value: 'MODERATORS', label: 'Owners and moderators' },
        ],
        initial: ({ postingPolicy }) => postingPolicy,
      },
      {
        ...{ name: 'slowModeSeconds', label: 'Slow mode', kind: 'select' },
        options: SLOW_MODES.map(({ seconds, label }) => ({ value: `${seconds}`, label })),
        initial: ({ slowModeSeconds }) => `${slowModeSeconds}`,
      },
    ],
    submit: 'Save',
    perform: async (api, row, values) => {
      const refusal = await saveRoomSettings(api, row.id, row, {
        ...{ name: values['name']?.trim() ?? '', topic: orNull(values['topic']) },
        ...{ icon: orNull(values['icon']), description: orNull(values['description']) },
        visibility: values['visibility'] as RoomVisibility,
        postingPolicy: values['postingPolicy'] as PostingPolicy,
        slowModeSeconds: Number(values['slowModeSeconds']),
      });
      return refusal ? { refusal } : { secret: null };
    },
    done: (rows) => `${names(rows)} was changed.`,
  },
  {
    ...{ label: 'Archive…', isBulk: true },
    fits: ({ archivedAt }) => archivedAt === null,
    title: (rows) => `Archive ${names(rows)}?`,
    says: 'It is read and searched as before, and nobody writes in it until it is taken back.',
    submit: 'Archive',
    perform: mutates(ArchiveRoomDocument, ({ id }) => ({ roomId: id })),
    done: (rows) => `${names(rows)} ${were(rows)} archived.`,
  },
  {
    ...{ label: 'Take back from the archive…', isBulk: true },
    fits: ({ archivedAt }) => archivedAt !== null,
    title: (rows) => `Take ${names(rows)} back from the archive?`,
    says: 'Members may write in it again.',
    submit: 'Take back',
    perform: mutates(UnarchiveRoomDocument, ({ id }) => ({ roomId: id })),
    done: (rows) => `${names(rows)} ${were(rows)} taken back.`,
  },
  {
    ...{ label: 'Delete…', isDanger: true, isBulk: true },
    title: (rows) => `Delete ${names(rows)}?`,
    says: 'This cannot be undone. What is lost:',
    loses: (rows) => [
      counted(
        sumOf(rows, (row) => row.messageCount),
        ['message', 'messages'],
      ),
      `${counted(
        sumOf(rows, (row) => row.fileCount),
        ['file', 'files'],
      )} (${formatBytes(sumOf(rows, (row) => row.fileBytes))})`,
      `the membership of ${counted(
        sumOf(rows, (row) => row.memberCount),
        ['person', 'people'],
      )}`,
    ],
    typed: ({ slug }) => slug,
    submit: 'Delete for good',
    perform: mutates(DeleteRoomDocument, ({ id, slug }) => ({ roomId: id, slug })),
    done: (rows) => `${names(rows)} ${were(rows)} deleted.`,
  },
];
