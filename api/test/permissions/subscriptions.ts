import { encodeNodeId } from '../../node-id.ts';
import { operation, room, type Row, server } from './row.ts';
import type { Scene } from './scene.ts';

// On the server: member, blocked, administrator, owner of the server; nobody.
const LOGGED_IN = server('++++ U');
// In a room:   owner, moderator, member, blocked, timed out; banned, stranger, administrator, owner of the server; nobody.
// Directly:    member, staff, blocked; stranger, administrator, owner of the server; nobody.
const MEMBERS = room('+++++ NFFF U', '+++ NNN U');

const author = ({ author: { user } }: Scene) => ({ ids: [encodeNodeId('User', user.id)] });
const past = ({ roomId, cursor: after }: Scene) => ({ roomId, after });

const subscription = (
  name: string,
  query: string,
  outcomes: Row['outcomes'],
  variables?: (scene: Scene) => Record<string, unknown>,
) => operation(`Subscription.${name}`, `subscription ${query}`, outcomes, variables);

export const SUBSCRIPTIONS: Row[] = [
  // Of oneself.
  subscription('inbox', '{ inbox { __typename } }', LOGGED_IN),
  subscription('viewerPresence', '{ viewerPresence { __typename } }', LOGGED_IN),

  // Of others.
  subscription(
    'presenceChanged',
    '($ids: [ID!]!) { presenceChanged(userIds: $ids) { __typename } }',
    LOGGED_IN,
    author,
  ),
  subscription(
    'peopleChanged',
    '($ids: [ID!]!) { peopleChanged(userIds: $ids) { __typename } }',
    LOGGED_IN,
    author,
  ),
  // Another's.
  subscription(
    'exportProgress',
    '($id: ID!) { exportProgress(exportId: $id) { state } }',
    server('NNNN U'),
    ({ authorExportId: id }) => ({ id }),
  ),

  // Of a room: they are its members'.
  subscription(
    'messageAdded',
    `($roomId: ID!, $after: String) {
      messageAdded(roomId: $roomId, after: $after) { node { body } }
    }`,
    MEMBERS,
    past,
  ),
  subscription(
    'roomEvents',
    `($roomId: ID!, $after: String) {
      roomEvents(roomId: $roomId, after: $after) { node { __typename } }
    }`,
    MEMBERS,
    past,
  ),
  subscription(
    'typing',
    '($roomId: ID!) { typing(roomId: $roomId) { __typename } }',
    MEMBERS,
    ({ roomId }) => ({ roomId }),
  ),
];
