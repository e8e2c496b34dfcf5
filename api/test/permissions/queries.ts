import { encodeNodeId } from '../../node-id.ts';
import { contents, operation, type Outcomes, room, type Row, server } from './row.ts';
import type { Scene } from './scene.ts';

// On the server: member, blocked, administrator, owner of the server; nobody.
const EVERYBODY = server('++++ +');
const LOGGED_IN = server('++++ U');
const ADMINISTRATORS = server('FF++ U');
const NOBODY = server('---- U');
// In a room:   owner, moderator, member, blocked, timed out; banned, stranger, administrator, owner of the server; nobody.
// Directly:    member, staff, blocked; stranger, administrator, owner of the server; nobody.
/** Those who may know of the room. */
const KNOWN = room('+++++ -+++ U', '+++ --- U');
/** Where direct messages are not told of. */
const LISTED = room('+++++ -+++ U', '--- --- U');
/** Those who may see what is in it. */
const READ = contents('+++++ -+++ U', '+++ --- U');

const query = (
  name: string,
  text: string,
  outcomes: Outcomes,
  variables?: (scene: Scene) => Record<string, unknown>,
) => operation(`Query.${name}`, `query ${text}`, outcomes, variables);

/** Whatever has that id. */
const node = (id: (scene: Scene) => string, outcomes: Outcomes) =>
  query('node', '($id: ID!) { node(id: $id) { id } }', outcomes, (scene) => ({ id: id(scene) }));

/** Of a room, to those who may know of it. */
const ofRoom = (name: string, text: string, outcomes: Outcomes) =>
  operation(
    `Room.${name}`,
    `query ($id: ID!) { node(id: $id) { ... on Room { ${name} ${text} } } }`,
    outcomes,
    ({ roomId: id }) => ({ id }),
  );

const page = '{ edges { cursor } pageInfo { hasNextPage } }';

export const QUERIES: Row[] = [
  // Of oneself, of which there may be none.
  query('server', '{ server { name } }', EVERYBODY),
  query('me', '{ me { id } }', server('++++ -')),
  query('inbox', '{ inbox { rooms { unreadCount } } }', LOGGED_IN),
  query('exports', '{ exports { id } server { name } }', LOGGED_IN),
  query('sessions', '{ sessions { edges { node { id } } } }', LOGGED_IN),
  query('threads', `{ threads ${page} }`, LOGGED_IN),
  query('roomInvitations', '{ roomInvitations { roomId } }', NOBODY),

  // Of others.
  query('people', '{ people(search: "author") { id } }', LOGGED_IN),
  node(({ bystanderId }) => bystanderId, LOGGED_IN),
  node(({ bystanderSessionId }) => bystanderSessionId, NOBODY),
  node(({ authorExportId }) => authorExportId, NOBODY),
  query('administration', '{ administration { users { totalCount } } }', ADMINISTRATORS),
  query('auditLog', `{ auditLog ${page} }`, ADMINISTRATORS),
  query('reports', `{ reports ${page} }`, ADMINISTRATORS),
  query('serverBans', `{ serverBans ${page} }`, ADMINISTRATORS),

  // Of a room.
  query('room', '($slug: String!) { room(slug: $slug) { id name } }', KNOWN, ({ slug }) => ({
    slug,
  })),
  node(({ roomId }) => roomId, KNOWN),
  query(
    'roomsBySlug',
    '($slugs: [String!]!) { roomsBySlug(slugs: $slugs) { id } }',
    LISTED,
    ({ slug }) => ({ slugs: [slug] }),
  ),
  query(
    'rooms',
    '($search: String) { rooms(search: $search) { edges { node { id } } } }',
    LISTED,
    ({ slug }) => ({ search: slug }),
  ),
  query('roomLink', '{ roomLink(code: "a guess") { name } }', NOBODY),
  // Whoever has a link is shown what the room is, but for those who are banned from it.
  query(
    'roomLink',
    '($code: String!) { roomLink(code: $code) { name } }',
    {
      ...{ PUBLIC: '+++++ -+++ U', RESTRICTED: '+++++ -+++ U', PRIVATE: '+++++ -+++ U' },
    },
    ({ linkCode: code }) => ({ code }),
  ),

  // Of what is in it.
  node(({ messageId }) => messageId, READ),
  node(({ membershipId }) => membershipId, READ),
  node(({ sentFileId }) => encodeNodeId('File', sentFileId), READ),
  // Nobody but its uploader sees a file before it is sent.
  node(({ unsentFileId }) => encodeNodeId('File', unsentFileId), room('----- ---- U', '--- --- U')),
  // Those who keep order, and administrators wherever it was said.
  node(({ reportId }) => reportId, room('++--- --++ U', '-+- -++ U', { PRIVATE: '++--- --++ U' })),
  query(
    'searchMessages',
    '($query: String!) { searchMessages(query: $query) { edges { node { body } } } }',
    READ,
    ({ slug }) => ({ query: `in:${slug} plums` }),
  ),
  query(
    'searchSuggestions',
    '($query: String!) { searchSuggestions(query: $query) { label } }',
    contents('+++++ -+++ U', '--- --- U'),
    ({ slug }) => ({ query: `in:${slug.slice(0, -1)}` }),
  ),
];

/** What is shown of a room to those who run it, and refused to others who may know of it. */
export const ROOM_FIELDS: Row[] = [
  ofRoom('reports', page, room('++FFF -F++ U', 'FFF --- U')),
  ofRoom('bans', page, room('++FFF -F++ U', 'FFF --- U')),
  ofRoom('auditLog', page, room('+FFFF -F++ U', 'FFF --- U')),
];
