import { builder } from '../builder.ts';
import type { Membership as MembershipRow } from '../generated/prisma/client.ts';
import { nodeKey } from '../node-id.ts';
import { Membership, RoomRole } from './membership-schema.ts';
import { setMemberRole } from './role.ts';

const SetMemberRoleInput = builder.inputType('SetMemberRoleInput', {
  description: 'What a member of a room is to be.',
  fields: (t) => ({
    roomId: t.id({ description: 'The `id` of the room.' }),
    userId: t.id({ description: 'The `id` of the member’s User.' }),
    role: t.field({ type: RoomRole, description: 'As what.' }),
  }),
});

export const membershipPayload = (name: string, description: string) =>
  builder.objectRef<{ membership: MembershipRow }>(name).implement({
    description,
    fields: (t) => ({
      membership: t.field({
        type: Membership,
        description: 'As it is now.',
        resolve: ({ membership }) => membership,
      }),
    }),
  });

builder.mutationField('setMemberRole', (t) =>
  t.field({
    type: membershipPayload('SetMemberRolePayload', 'The membership whose role was set.'),
    description:
      'Makes a member an owner, a moderator or a plain member; owners may step down themselves. Refuses with NOT_FOUND, ' +
      'FORBIDDEN, or CONFLICT where the room would have no owner.',
    args: { input: t.arg({ type: SetMemberRoleInput, description: 'Whom, where and as what.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      membership: await setMemberRole(app, viewer, {
        roomId: nodeKey('Room', input.roomId),
        userId: nodeKey('User', input.userId),
        role: input.role,
      }),
    }),
  }),
);
