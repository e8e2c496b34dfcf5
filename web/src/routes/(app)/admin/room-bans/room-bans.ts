import {
  AdminRoomBansDocument,
  BanMemberDocument,
  UnbanMemberDocument,
  type RoomBanRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { person, room, text, time } from '../records/cells.ts';
import { mutates, named, orNull, ROOM_BAN, untilOf } from '../records/deed.ts';
import { byPerson, byRoom } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type RoomBan = RoomBanRecordFragment;

const [REASON, UNTIL] = ROOM_BAN;

const nameOf = ({ user, room: at }: RoomBan) => `${user.displayName} from #${at.name}`;
const names = (rows: readonly RoomBan[]) => named(rows, nameOf, 'people');

export const roomBans: Model<RoomBan> = {
  page: PAGES.roomBans,
  noun: ['ban', 'bans'],
  empty: 'Who is kept out of a room is listed here.',
  searches: 'by name',
  orders: [{ field: 'CREATED_AT', label: 'Since', first: 'DESC' }],
  filters: [byPerson('Who', 'userId'), byRoom],
  columns: [
    { label: 'Who', cell: ({ user }) => person(user) },
    { label: 'Room', cell: ({ room: at }) => room(at) },
    { label: 'Reason', cell: ({ reason }) => text(reason) },
    { label: 'By', isExtra: true, cell: ({ by }) => person(by) },
    { label: 'Since', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    { label: 'Until', cell: ({ until }) => time(until, 'for good') },
  ],
  related: ({ user, room: at }) => [
    { label: 'Person', href: `/admin/people/${encodeURIComponent(user.id)}` },
    { label: 'Room', href: `/admin/rooms/${encodeURIComponent(at.id)}` },
  ],
  deeds: [
    {
      label: 'Edit…',
      title: (rows) => `Ban of ${names(rows)}`,
      says: 'It begins anew, and lasts from now on.',
      fields: [{ ...REASON, initial: ({ reason }: RoomBan) => reason ?? '' }, UNTIL],
      submit: 'Save',
      perform: mutates(BanMemberDocument, ({ user, room: at }, { reason, until }) => ({
        ...{ userId: user.id, roomId: at.id, reason: orNull(reason), until: untilOf(until) },
      })),
      done: () => 'The ban was changed.',
    },
    {
      ...{ label: 'Lift the ban…', isBulk: true },
      title: (rows) => `Lift the ban of ${names(rows)}?`,
      says: 'They may join again as others may.',
      submit: 'Lift the ban',
      perform: mutates(UnbanMemberDocument, ({ user, room: at }) => ({
        ...{ userId: user.id, roomId: at.id },
      })),
      done: (rows) => `The ban of ${names(rows)} was lifted.`,
    },
  ],
  create: {
    label: 'Ban from room',
    title: () => 'Ban somebody from a room',
    says: 'They stop seeing the room at once and cannot come back until the ban ends or is lifted.',
    fields: [
      { name: 'userId', label: 'Person', kind: 'person' },
      { name: 'roomId', label: 'Room', kind: 'room' },
      ...ROOM_BAN,
    ],
    submit: 'Ban',
    perform: mutates(BanMemberDocument, (_row, { userId = '', roomId = '', reason, until }) => ({
      ...{ userId, roomId, reason: orNull(reason), until: untilOf(until) },
    })),
    done: () => 'They were banned from the room.',
  },
  nameOf,
  list: listOf(
    AdminRoomBansDocument,
    (data) => data.administration.roomBans,
    (node) => node,
  ),
};
