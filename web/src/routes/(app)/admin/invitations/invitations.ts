import {
  AdminInvitationsDocument,
  CreateInvitationDocument,
  RevokeInvitationDocument,
  type InvitationRecordFragment,
} from '#lib/graphql/generated/graphql.ts';
import { count, person, time } from '../records/cells.ts';
import { mutates, named } from '../records/deed.ts';
import { listOf } from '../records/listing.ts';
import type { Model } from '../records/model.ts';
import { PAGES } from '../sections.ts';

type Invitation = InvitationRecordFragment;

const nameOf = ({ createdBy }: Invitation) => `the invitation by ${createdBy.displayName}`;

export const invitations: Model<Invitation> = {
  page: PAGES.invitations,
  noun: ['invitation', 'invitations'],
  empty: 'Links by which accounts can be made are listed here until they are used up.',
  searches: 'by who made them',
  orders: [
    { field: 'CREATED_AT', label: 'Created', first: 'DESC' },
    { field: 'EXPIRES_AT', label: 'Ends', first: 'ASC' },
  ],
  filters: [],
  columns: [
    { label: 'By', cell: ({ createdBy }) => person(createdBy) },
    { label: 'Uses left', isNumber: true, cell: ({ usesLeft }) => count(usesLeft) },
    { label: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => time(createdAt) },
    { label: 'Ends', order: 'EXPIRES_AT', cell: ({ expiresAt }) => time(expiresAt) },
  ],
  deeds: [
    {
      ...{ label: 'Revoke…', isDanger: true, isBulk: true },
      title: (rows) => `Revoke ${named(rows, nameOf, 'invitations')}?`,
      says: 'Its link leads nowhere from then on. Accounts that were made by it stay.',
      submit: 'Revoke',
      perform: mutates(RevokeInvitationDocument, ({ id }) => ({ invitationId: id })),
      done: (rows) => `Revoked: ${named(rows, nameOf, 'invitations')}.`,
    },
  ],
  create: {
    label: 'New invitation',
    title: () => 'New invitation',
    fields: [
      {
        ...{ name: 'maxUses', label: 'For how many accounts', kind: 'number', min: 1 },
        ...{ isRequired: true, initial: () => '1' },
      },
      {
        ...{ name: 'expiresInDays', label: 'For how many days', kind: 'number', min: 1 },
        ...{ isRequired: true, initial: () => '7' },
      },
    ],
    submit: 'Create link',
    perform: mutates(
      CreateInvitationDocument,
      (_row, { maxUses, expiresInDays }) => ({
        ...{ maxUses: Number(maxUses), expiresInDays: Number(expiresInDays) },
      }),
      ({ createInvitation: { code } }) => ({
        label: 'Invitation link',
        value: `${location.origin}/register?invitation=${encodeURIComponent(code)}`,
        hint: 'Whoever opens it can make an account. It is shown only here.',
      }),
    ),
    done: () => 'The invitation was created.',
  },
  nameOf,
  list: listOf(
    AdminInvitationsDocument,
    (data) => data.administration.invitations,
    (node) => node,
  ),
};
