import {
  AdminRoomLinksDocument,
  CreateRoomLinkDocument,
  RevokeRoomLinkDocument,
  type RoomLinkRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { person, room, text, time } from '../records/cells.ts';
import { mutates, named } from '../records/deed.ts';
import { byRoom } from '../records/filters.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type RoomLink = RoomLinkRecordFragment;

const nameOf = ({ room: at }: RoomLink) => `the link to #${at.name}`;

export const roomLinks: Model<RoomLink> = {
  page: PAGES.roomLinks,
  noun: ['link', 'links'],
  empty: 'Links by which rooms are joined are listed here.',
  searches: 'rooms, and who made them',
  orders: [
    { field: 'CREATED_AT', label: 'Created', first: 'DESC' },
    { field: 'EXPIRES_AT', label: 'Ends', first: 'ASC' },
  ],
  filters: [byRoom],
  columns: [
    { label: 'Room', cell: ({ room: at }) => room(at) },
    { label: 'By', cell: ({ createdBy }) => person(createdBy) },
    { label: 'Used', cell: ({ uses, maxUses }) => text(`${uses} of ${maxUses} times`) },
    { label: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    { label: 'Ends', order: 'EXPIRES_AT', cell: ({ expiresAt }) => time(expiresAt, 'never') },
  ],
  related: ({ room: at }) => [{ label: 'Room', href: `/admin/rooms/${encodeURIComponent(at.id)}` }],
  deeds: [
    {
      ...{ label: 'Revoke…', isDanger: true, isBulk: true },
      title: (rows) => `Revoke ${named(rows, nameOf, 'links')}?`,
      says: 'It leads nowhere from then on. Those who came by it stay.',
      submit: 'Revoke',
      perform: mutates(RevokeRoomLinkDocument, ({ id, room: at }) => ({
        ...{ linkId: id, roomId: at.id },
      })),
      done: (rows) => `Revoked: ${named(rows, nameOf, 'links')}.`,
    },
  ],
  create: {
    label: 'New link',
    title: () => 'New link to a room',
    says: 'Whoever follows it becomes a member. You can make one where you may invite people.',
    fields: [
      { name: 'roomId', label: 'Room', kind: 'room' },
      {
        ...{ name: 'maxUses', label: 'For how many people', kind: 'number', min: 1 },
        ...{ isRequired: true, initial: () => '25' },
      },
      {
        ...{ name: 'expiresInDays', label: 'For how many days', kind: 'number', min: 1 },
        ...{ isRequired: true, initial: () => '7' },
      },
    ],
    submit: 'Create link',
    perform: mutates(
      CreateRoomLinkDocument,
      (_row, { roomId = '', maxUses, expiresInDays }) => ({
        ...{ roomId, maxUses: Number(maxUses), expiresInDays: Number(expiresInDays) },
      }),
      ({ createRoomLink: { code } }) => ({
        label: 'Link to the room',
        value: `${location.origin}/join/${encodeURIComponent(code)}`,
        hint: 'Whoever follows it becomes a member. It is shown only here.',
      }),
    ),
    done: () => 'The link was created.',
  },
  nameOf,
  list: listOf(
    AdminRoomLinksDocument,
    (data) => data.administration.roomLinks,
    (node) => node,
  ),
};
