import { User } from '../account/schema.ts';
import { builder } from '../builder.ts';
import type { User as UserRow } from '../generated/prisma/client.ts';
import { removeAvatar } from './avatar.ts';

const RemoveAvatarPayload = builder.objectRef<{ user: UserRow }>('RemoveAvatarPayload').implement({
  description: 'The viewer without a picture.',
  fields: (t) => ({
    user: t.field({ type: User, description: 'The viewer.', resolve: ({ user }) => user }),
  }),
});

builder.mutationField('removeAvatar', (t) =>
  t.field({
    type: RemoveAvatarPayload,
    description:
      'Takes the viewer’s picture away; a new one is sent to `POST /avatar`. Refuses with UNAUTHENTICATED.',
    resolve: async (_root, _args, { app, viewer }) => ({ user: await removeAvatar(app, viewer) }),
  }),
);
