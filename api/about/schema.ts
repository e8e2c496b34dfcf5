import { hasAccounts } from '../account/account.ts';
import { STATUS_MAX_LENGTH } from '../account/custom-status.ts';
import { DISPLAY_NAME_MAX_LENGTH, USERNAME_MAX_LENGTH } from '../account/names.ts';
import { PASSWORD_MIN_LENGTH } from '../account/password.ts';
import { ABOUT_MAX_LENGTH, PRONOUNS_MAX_LENGTH } from '../account/profile.ts';
import { builder } from '../builder.ts';
import type { AdjustableName } from '../config.ts';
import { MESSAGE_MAX_LENGTH } from '../message/message.ts';
import { readPushKeys } from '../notification/push-key.ts';
import { PAGE_MAX_SIZE } from '../page.ts';
import { ROOM_NAME_MAX_LENGTH, TOPIC_MAX_LENGTH } from '../room/room.ts';
import { SLUG_MAX_LENGTH } from '../room/slug.ts';
import { ALT_MAX_LENGTH, FILE_NAME_MAX_LENGTH } from '../upload/file.ts';
import { logoAddressOf } from '../upload/logo.ts';
import { VERSION } from './version.ts';

export const RegistrationPolicy = builder.enumType('RegistrationPolicy', {
  description: 'Who may register.',
  values: {
    OPEN: { value: 'open', description: 'Anybody.' },
    INVITE: { value: 'invite', description: 'Whoever has an invitation.' },
    CLOSED: { value: 'closed', description: 'Nobody.' },
  } as const,
});

/** Lengths are in Unicode code points. */
const LIMITS = {
  messageLength: [MESSAGE_MAX_LENGTH, 'The longest message.'],
  pageSize: [PAGE_MAX_SIZE, 'The largest page of a connection.'],
  passwordMinLength: [PASSWORD_MIN_LENGTH, 'The shortest password.'],
  usernameMaxLength: [USERNAME_MAX_LENGTH, 'The longest username.'],
  displayNameMaxLength: [DISPLAY_NAME_MAX_LENGTH, 'The longest display name.'],
  pronounsMaxLength: [PRONOUNS_MAX_LENGTH, 'The longest text of pronouns.'],
  aboutMaxLength: [ABOUT_MAX_LENGTH, 'The longest text that somebody tells about themselves.'],
  statusMaxLength: [STATUS_MAX_LENGTH, 'The longest text of a status.'],
  roomSlugMaxLength: [SLUG_MAX_LENGTH, 'The longest slug of a room.'],
  roomNameMaxLength: [ROOM_NAME_MAX_LENGTH, 'The longest name of a room.'],
  roomTopicMaxLength: [TOPIC_MAX_LENGTH, 'The longest topic of a room.'],
  fileNameMaxLength: [FILE_NAME_MAX_LENGTH, 'The longest name of a file.'],
  altMaxLength: [ALT_MAX_LENGTH, 'The longest description of a file.'],
} as const;

/** Those that are settings. */
const SETTINGS = {
  uploadBytes: ['maxUploadBytes', 'The largest file, in bytes.'],
  filesPerMessage: ['maxFilesPerMessage', 'The most files of one message.'],
} as const satisfies Record<string, [AdjustableName, string]>;

const ServerLimits = builder.objectRef<typeof LIMITS>('ServerLimits').implement({
  description: 'What the server takes at most, or at least; lengths in Unicode code points.',
  fields: (t) => {
    const limit = (name: keyof typeof LIMITS) =>
      t.int({ description: LIMITS[name][1], resolve: (limits) => limits[name][0] });
    const setting = (name: keyof typeof SETTINGS) =>
      t.int({
        description: SETTINGS[name][1],
        resolve: (_limits, _args, { app }) => app.settings.current[SETTINGS[name][0]],
      });
    return {
      messageLength: limit('messageLength'),
      pageSize: limit('pageSize'),
      passwordMinLength: limit('passwordMinLength'),
      usernameMaxLength: limit('usernameMaxLength'),
      displayNameMaxLength: limit('displayNameMaxLength'),
      pronounsMaxLength: limit('pronounsMaxLength'),
      aboutMaxLength: limit('aboutMaxLength'),
      statusMaxLength: limit('statusMaxLength'),
      roomSlugMaxLength: limit('roomSlugMaxLength'),
      roomNameMaxLength: limit('roomNameMaxLength'),
      roomTopicMaxLength: limit('roomTopicMaxLength'),
      fileNameMaxLength: limit('fileNameMaxLength'),
      altMaxLength: limit('altMaxLength'),
      uploadBytes: setting('uploadBytes'),
      filesPerMessage: setting('filesPerMessage'),
      uploadTypes: t.stringList({
        description: 'The media types that may be uploaded, such as `image/*`, or `*` for any.',
        resolve: (_limits, _args, { app }) => app.settings.current.uploadTypes,
      }),
    };
  },
});

const Server = builder.objectRef<object>('Server').implement({
  description: 'What a server tells everybody of itself, also those who are not logged in.',
  fields: (t) => ({
    name: t.string({
      description: 'What it is called.',
      resolve: (_server, _args, { app }) => app.settings.current.name,
    }),
    logoUrl: t.string({
      nullable: true,
      description:
        'Where its logo is, a square of 512 × 512 pixels in WebP, for everybody; null for none. Another logo has another address.',
      resolve: (_server, _args, { app }) => logoAddressOf(app.settings.current.logoId),
    }),
    version: t.string({ description: 'The version of Parley.', resolve: () => VERSION }),
    registration: t.field({
      type: RegistrationPolicy,
      description: 'Who may register.',
      resolve: (_server, _args, { app }) => app.settings.current.registration,
    }),
    hasAccounts: t.boolean({
      description: 'Whether anybody has registered; the first to do so is the administrator.',
      resolve: (_server, _args, { app }) => hasAccounts(app),
    }),
    vapidPublicKey: t.string({
      description:
        'The key by which push services know the server: `applicationServerKey` of the Push API.',
      resolve: async (_server, _args, { app }) => (await readPushKeys(app.db)).publicKey,
    }),
    limits: t.field({ type: ServerLimits, description: 'What it takes.', resolve: () => LIMITS }),
  }),
});

builder.queryField('server', (t) =>
  t.field({ type: Server, description: 'This server.', resolve: () => ({}) }),
);
