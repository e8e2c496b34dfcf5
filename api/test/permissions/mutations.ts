import { encodeNodeId } from '../../node-id.ts';
import { anyRoom, contents, mutation, operation, room, type Row, server } from './row.ts';
import type { Scene } from './scene.ts';

// On the server: member, blocked, administrator, owner of the server; nobody.
const EVERYBODY = server('++++ +');
const LOGGED_IN = server('++++ U');
const ADMINISTRATORS = server('FF++ U');
const SERVER_OWNERS = server('FFF+ U');
/** Whoever does not know the password. */
const UNPROVEN = server('IIII U');
/** What is another's, or was made up. */
const NOT_THEIRS = server('NNNN U');
// In a room:   owner, moderator, member, blocked, timed out; banned, stranger, administrator, owner of the server; nobody.
// Directly:    member, staff, blocked; stranger, administrator, owner of the server; nobody.
/** Members who may write, which those who are timed out may not, nor those whom a block has silenced. */
const WRITERS = room('++++F NFFF U', '++F NNN U');
const WRITERS_OF_MESSAGES = contents('++++F NFFF U', '++F NNN U');
/** Members, whatever they may write. */
const MEMBERS = room('+++++ NFFF U', '+++ NNN U');
const MEMBERS_OF_MESSAGES = contents('+++++ NFFF U', '+++ NNN U');
/** Whoever runs the room, and administrators; nobody runs direct messages. */
const OWNERS = anyRoom('+FFFF NF++ U', 'FFF NNN U');
/** And those who keep order in it. */
const MODERATORS = anyRoom('++FFF NF++ U', 'FFF NNN U');
/** The same, but administrators where they read what is said. */
const OWNERS_WHO_READ = room('+FFFF NF++ U', 'FFF NNN U', { RESTRICTED: '+FFFF NFFF U' });
/** The same, but administrators where they see the room. */
const MODERATORS_WHO_SEE = room('++FFF NF++ U', 'FFF NNN U');
/** Who runs the server, in any room. */
const ADMINISTRATORS_IN_ROOM = {
  ...{ PUBLIC: 'FFFFF FF++ U', RESTRICTED: 'FFFFF FF++ U', PRIVATE: 'FFFFF FF++ U' },
  DIRECT: 'FFF FNN U',
};
/** Where there is nothing for anybody. */
const NOTHING = room('NNNNN NNNN U', 'NNN NNN U');

const PASSWORD = 'correct horse battery';
const PUSH = {
  endpoint: 'https://push.example.org/plums',
  // A point of the curve and a secret, as a browser makes them (RFC 8291, appendix A).
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};
const inRoom = ({ roomId }: Scene) => ({ roomId });
const message = ({ messageId }: Scene) => ({ messageId });
const ownMessage: Parameters<typeof mutation>[1] = ({ messageId, ownMessageIds }, who) => ({
  messageId: (who && ownMessageIds[who]) ?? messageId,
});
const unsentFile = ({ unsentFileId }: Scene) => ({ fileId: encodeNodeId('File', unsentFileId) });
const sentFile = ({ sentFileId }: Scene) => ({ fileId: encodeNodeId('File', sentFileId) });
const author = ({ author: { user } }: Scene) => ({ userId: encodeNodeId('User', user.id) });
const bystander = ({ bystanderId: userId }: Scene) => ({ userId });
const authorInRoom = (scene: Scene) => ({ ...inRoom(scene), ...author(scene) });
const newName = () => `new-${crypto.randomUUID().slice(0, 8)}`;
const newKey = () => ({ idempotencyKey: crypto.randomUUID() });
const inAMinute = () => new Date(Date.now() + 60_000);

/** A mutation that takes nothing. */
const plain = (name: string, more: { endsSessions?: boolean } = {}) =>
  operation(`Mutation.${name}`, `mutation { ${name} { __typename } }`, LOGGED_IN, () => ({}), more);

export const MUTATIONS: Row[] = [
  // Coming and going. Pages of other origins may do so with tokens.
  mutation(
    'register',
    () => ({ username: newName(), password: PASSWORD, session: 'TOKEN' }),
    EVERYBODY,
  ),
  mutation(
    'login',
    () => ({ username: 'author', password: PASSWORD, session: 'TOKEN' }),
    EVERYBODY,
  ),
  plain('logout', { endsSessions: true }),
  plain('revokeOtherSessions', { endsSessions: true }),
  mutation(
    'revokeSession',
    ({ bystanderSessionId: sessionId }) => ({ sessionId }),
    server('NN++ U'),
    { deed: 'SESSION_REVOKED' },
  ),
  mutation(
    'changePassword',
    () => ({ currentPassword: 'a guess', newPassword: PASSWORD }),
    UNPROVEN,
  ),
  mutation('deleteAccount', () => ({ password: 'a guess', messages: 'DELETE' }), UNPROVEN),
  mutation('resetPassword', () => ({ code: 'a guess', newPassword: PASSWORD }), server('IIII I')),

  // Of oneself.
  plain('markAllRead'),
  plain('removeAvatar'),
  mutation('setStatus', () => ({ status: 'AWAY' }), LOGGED_IN),
  mutation('updateProfile', () => ({ pronouns: 'they' }), LOGGED_IN),
  mutation('setCustomStatus', () => ({ text: 'plums' }), LOGGED_IN),
  mutation('changeUsername', () => ({ username: newName() }), LOGGED_IN),
  mutation('addPushSubscription', () => PUSH, LOGGED_IN),
  mutation('removePushSubscription', () => ({ endpoint: PUSH.endpoint }), LOGGED_IN),
  mutation(
    'testPushSubscription',
    () => ({ endpoint: 'https://push.example.org/none' }),
    NOT_THEIRS,
  ),
  mutation('blockUser', bystander, LOGGED_IN),
  mutation('unblockUser', bystander, LOGGED_IN),
  mutation('startExport', () => ({ kind: 'PERSON' }), LOGGED_IN),
  mutation('createRoom', () => ({ slug: newName() }), LOGGED_IN),
  // Those whom they have blocked do not begin anything with them.
  mutation('openDirect', (scene) => ({ userIds: [author(scene).userId] }), server('+F++ U')),

  // Of the server and of others.
  mutation('createInvitation', () => ({}), ADMINISTRATORS, { deed: 'INVITATION_CREATED' }),
  mutation('revokeInvitation', ({ invitationId }) => ({ invitationId }), ADMINISTRATORS, {
    deed: 'INVITATION_REVOKED',
  }),
  mutation('createUser', () => ({ username: newName() }), ADMINISTRATORS, { deed: 'USER_CREATED' }),
  mutation('createUser', () => ({ username: newName(), role: 'ADMINISTRATOR' }), SERVER_OWNERS, {
    deed: 'USER_CREATED',
  }),
  mutation('updateUser', (scene) => ({ ...bystander(scene), pronouns: 'they' }), ADMINISTRATORS, {
    deed: 'USER_CHANGED',
  }),
  mutation('deleteUser', (scene) => ({ ...bystander(scene), messages: 'KEEP' }), ADMINISTRATORS, {
    deed: 'USER_DELETED',
  }),
  mutation('createPasswordReset', bystander, ADMINISTRATORS, { deed: 'PASSWORD_RESET_CREATED' }),
  mutation('deactivateUser', bystander, ADMINISTRATORS, { deed: 'USER_DEACTIVATED' }),
  mutation('reactivateUser', bystander, ADMINISTRATORS),
  mutation('banUser', bystander, ADMINISTRATORS, { deed: 'USER_BANNED' }),
  mutation('unbanUser', bystander, ADMINISTRATORS),
  mutation('updateServerSettings', () => ({ name: newName() }), ADMINISTRATORS, {
    deed: 'SETTINGS_CHANGED',
  }),
  operation(
    'Mutation.removeServerLogo',
    'mutation { removeServerLogo { __typename } }',
    ADMINISTRATORS,
  ),
  mutation(
    'setServerRole',
    (scene) => ({ ...bystander(scene), role: 'ADMINISTRATOR' }),
    SERVER_OWNERS,
    { deed: 'USER_ROLE_CHANGED' },
  ),
  mutation('startExport', () => ({ kind: 'SERVER' }), SERVER_OWNERS, { deed: 'SERVER_EXPORTED' }),

  // Coming into a room, and leaving it.
  // Members stay what they are.
  mutation('joinRoom', inRoom, room('+++++ N+++ U', '+++ NNN U', { RESTRICTED: '+++++ NFFF U' })),
  // Who alone owns a room with others in it has to appoint somebody first; who is no member is none afterwards.
  mutation('leaveRoom', inRoom, room('C++++ N+++ U', 'FFF NNN U')),
  mutation(
    'requestToJoin',
    inRoom,
    room('FFFFF NFFF U', 'FFF NNN U', { RESTRICTED: 'FFFFF N+++ U' }),
  ),
  mutation('withdrawJoinRequest', inRoom, room('+++++ N+++ U', '+++ NNN U')),
  // There are requests in restricted rooms only.
  mutation(
    'answerJoinRequest',
    (scene) => ({ ...inRoom(scene), ...bystander(scene), accept: true }),
    room('NNFFF NFNN U', 'FFF NNN U', { RESTRICTED: '++FFF NF++ U' }),
    { deed: 'JOIN_REQUEST_ACCEPTED' },
  ),
  // To a public room its members invite, to others those who keep order.
  mutation(
    'inviteToRoom',
    (scene) => ({ ...inRoom(scene), userIds: [scene.bystanderId] }),
    room('++FFF NF++ U', 'FFF NNN U', { PUBLIC: '+++++ NF++ U' }),
  ),
  mutation('acceptRoomInvitation', inRoom, NOTHING),
  mutation('declineRoomInvitation', inRoom, NOTHING),
  mutation('createRoomLink', inRoom, MODERATORS_WHO_SEE, { deed: 'ROOM_LINK_CREATED' }),
  mutation('revokeRoomLink', (scene) => ({ ...inRoom(scene), linkId: scene.linkId }), MODERATORS, {
    deed: 'ROOM_LINK_REVOKED',
  }),
  mutation('joinByLink', () => ({ code: 'a guess' }), NOT_THEIRS),
  // Whoever has a link, also to a room that they do not see, but for those who are banned from it.
  mutation('joinByLink', ({ linkCode: code }) => ({ code }), {
    ...{ PUBLIC: '+++++ N+++ U', RESTRICTED: '+++++ N+++ U', PRIVATE: '+++++ N+++ U' },
  }),

  // A room itself.
  mutation('updateRoom', (scene) => ({ ...inRoom(scene), icon: '🌱' }), OWNERS, {
    deed: 'ROOM_CHANGED',
  }),
  mutation('updateRoom', (scene) => ({ ...inRoom(scene), slowModeSeconds: 5 }), OWNERS, {
    deed: 'ROOM_CHANGED',
  }),
  mutation('renameRoom', (scene) => ({ ...inRoom(scene), name: 'Plums' }), OWNERS, {
    deed: 'ROOM_CHANGED',
  }),
  mutation('setRoomTopic', (scene) => ({ ...inRoom(scene), topic: 'Plums' }), OWNERS, {
    deed: 'ROOM_CHANGED',
  }),
  mutation('archiveRoom', inRoom, OWNERS, { deed: 'ROOM_ARCHIVED' }),
  mutation('unarchiveRoom', inRoom, OWNERS),
  mutation('deleteRoom', ({ roomId, slug }) => ({ roomId, slug }), OWNERS, {
    deed: 'ROOM_DELETED',
  }),
  mutation('startExport', ({ roomId }) => ({ kind: 'ROOM', roomId }), OWNERS_WHO_READ, {
    deed: 'ROOM_EXPORTED',
  }),

  // One's own of it.
  mutation('setFavourite', (scene) => ({ ...inRoom(scene), isFavourite: true }), MEMBERS),
  mutation('moveRoom', inRoom, MEMBERS),
  mutation('setRoomNotifications', (scene) => ({ ...inRoom(scene), level: 'ALL' }), MEMBERS),
  mutation('markRead', ({ roomId, cursor }) => ({ roomId, cursor }), MEMBERS),
  mutation('saveDraft', (scene) => ({ ...inRoom(scene), body: 'plums' }), WRITERS),
  mutation('setTyping', inRoom, WRITERS),
  // Nobody hides a room.
  mutation('hideDirect', inRoom, room('FFFFF NFFF U', '+++ NNN U')),

  // Those in it.
  mutation(
    'addMember',
    (scene) => ({ ...inRoom(scene), ...bystander(scene) }),
    ADMINISTRATORS_IN_ROOM,
    {
      deed: 'MEMBER_ADDED',
    },
  ),
  mutation('removeMember', authorInRoom, MODERATORS, { deed: 'MEMBER_REMOVED' }),
  mutation('banMember', authorInRoom, MODERATORS, { deed: 'MEMBER_BANNED' }),
  mutation('unbanMember', (scene) => ({ ...inRoom(scene), userId: scene.bannedId }), MODERATORS, {
    deed: 'MEMBER_UNBANNED',
  }),
  mutation(
    'timeOutMember',
    (scene) => ({ ...authorInRoom(scene), until: inAMinute() }),
    MODERATORS,
    { deed: 'MEMBER_TIMED_OUT' },
  ),
  mutation('setMemberRole', (scene) => ({ ...authorInRoom(scene), role: 'MODERATOR' }), OWNERS, {
    deed: 'MEMBER_ROLE_CHANGED',
  }),
  // Whoever sees it.
  mutation(
    'reportMessage',
    (scene) => ({ ...message(scene), reason: 'Plums.' }),
    contents('+++++ N+++ U', '+++ NNN U'),
  ),
  // Those who keep order, and administrators wherever it was said; to all others there is none.
  mutation(
    'closeReport',
    ({ reportId }) => ({ reportId, outcome: 'DISMISSED' }),
    room('++NNN NN++ U', 'N+N N++ U', { PRIVATE: '++NNN NN++ U' }),
    { deed: 'REPORT_CLOSED' },
  ),

  // Messages.
  mutation('sendMessage', (scene) => ({ ...inRoom(scene), ...newKey(), body: 'plums' }), WRITERS),
  mutation('addReaction', (scene) => ({ ...message(scene), emoji: '👍' }), WRITERS_OF_MESSAGES),
  mutation('removeReaction', (scene) => ({ ...message(scene), emoji: '👍' }), WRITERS_OF_MESSAGES),
  mutation('pinMessage', message, WRITERS_OF_MESSAGES),
  mutation('unpinMessage', message, WRITERS_OF_MESSAGES),
  mutation(
    'editMessage',
    (scene) => ({ ...message(scene), body: 'pears' }),
    contents('FFFFF NFFF U', 'FFF NNN U'),
  ),
  mutation(
    'editMessage',
    (...of) => ({ ...ownMessage(...of), body: 'pears' }),
    contents('++++F .... U', '++F ... U'),
  ),
  mutation(
    'deleteMessage',
    message,
    {
      ...anyRoom('++FFF NF++ U', 'FFF NNN U'),
      RESTRICTED: '++FFF NN++ U',
    },
    {
      deed: 'MESSAGE_DELETED',
    },
  ),
  mutation('deleteMessage', ownMessage, contents('++++F .... U', '++F ... U')),
  mutation('markUnread', message, MEMBERS_OF_MESSAGES),
  mutation('followThread', message, MEMBERS_OF_MESSAGES),
  mutation('unfollowThread', message, MEMBERS_OF_MESSAGES),
  mutation(
    'markThreadRead',
    ({ messageId, cursor }) => ({ messageId, cursor }),
    MEMBERS_OF_MESSAGES,
  ),
  mutation('markThreadUnread', ({ replyId: messageId }) => ({ messageId }), MEMBERS_OF_MESSAGES),

  // Files: another's that was not sent is nobody's business.
  mutation('describeFile', (scene) => ({ ...unsentFile(scene), alt: 'Plums' }), NOTHING),
  mutation('discardFile', unsentFile, NOTHING),
  mutation(
    'deleteFile',
    unsentFile,
    { ...ADMINISTRATORS_IN_ROOM, DIRECT: 'FNF FNN U' },
    {
      deed: 'FILE_DELETED',
    },
  ),
  mutation(
    'deleteFile',
    sentFile,
    { ...ADMINISTRATORS_IN_ROOM, DIRECT: 'FNF FNN U' },
    {
      deed: 'FILE_DELETED',
    },
  ),
];
