/** What administrators do to accounts. */
import { formatBytes } from '#lib/bytes.ts';
import { changedFields } from '#lib/changed-fields.ts';
import { counted } from '#lib/counted.ts';
import {
  BanUserDocument,
  CreatePasswordResetDocument,
  CreateUserDocument,
  DeactivateUserDocument,
  DeleteUserDocument,
  ReactivateUserDocument,
  SetServerRoleDocument,
  UnbanUserDocument,
  UpdateUserDocument,
  type MessagesFate,
  type ServerRole,
  type UserRecordFragment,
  type ViewerFragment,
} from '#lib/graphql/generated/graphql.ts';
import {
  mutates,
  named,
  orNull,
  outranks,
  SERVER_BAN,
  untilOf,
  type Deed,
  type Secret,
} from '../records/deed.ts';
import { sumOf } from '../records/model.ts';

type Person = UserRecordFragment;

const names = (rows: readonly Person[]) => named(rows, ({ user }) => user.displayName, 'people');
const were = (rows: readonly Person[]) => (rows.length === 1 ? 'was' : 'were');
const isBelow = ({ role, deletedAt }: Person, me: ViewerFragment) =>
  outranks(me, role) && deletedAt === null;

const ROLE_OPTIONS = [
  { value: 'MEMBER', label: 'Member' },
  { value: 'ADMINISTRATOR', label: 'Administrator' },
  { value: 'OWNER', label: 'Owner' },
];

const codeOf = (code: string): Secret => ({
  label: 'Link to choose a password',
  value: `${location.origin}/reset/${encodeURIComponent(code)}`,
  hint: 'Hand it to them and to nobody else. It works once, and it is shown only here.',
});

export const createPerson: Deed<null> = {
  label: 'New person',
  title: () => 'New person',
  says: 'They choose a password by the link that you get for them.',
  fields: [
    { name: 'username', label: 'Username', kind: 'text', isRequired: true, maxLength: 32 },
    { name: 'displayName', label: 'Name', kind: 'text', hint: 'Empty: the username.' },
    { name: 'role', label: 'Role', kind: 'select', options: ROLE_OPTIONS },
  ],
  submit: 'Create account',
  perform: mutates(
    CreateUserDocument,
    (_row, { username = '', displayName, role }) => ({
      ...{ username, displayName: orNull(displayName), role: role as ServerRole },
    }),
    (data) => codeOf(data.createUser.code),
  ),
  done: () => 'The account was created.',
};

export const personDeeds: readonly Deed<Person>[] = [
  {
    label: 'Edit…',
    fits: isBelow,
    title: (rows) => `Edit ${names(rows)}`,
    fields: [
      {
        ...{ name: 'username', label: 'Username', kind: 'text', isRequired: true },
        initial: ({ user }) => user.username,
      },
      {
        ...{ name: 'displayName', label: 'Name', kind: 'text', isRequired: true },
        initial: ({ user }) => user.displayName,
      },
      {
        ...{ name: 'pronouns', label: 'Pronouns', kind: 'text' },
        initial: ({ user }) => user.pronouns ?? '',
      },
      {
        ...{ name: 'about', label: 'About', kind: 'paragraph' },
        initial: ({ user }) => user.about ?? '',
      },
    ],
    submit: 'Save',
    perform: mutates(UpdateUserDocument, ({ id, user }, values) => {
      const { username, displayName, pronouns, about } = user;
      const shown = { username, displayName, pronouns: pronouns ?? '', about: about ?? '' };
      return { userId: id, ...changedFields(shown, { ...shown, ...values }) };
    }),
    done: (rows) => `${names(rows)} was changed.`,
  },
  {
    label: 'Change role…',
    isBulk: true,
    fits: ({ deletedAt }, me) => me.role === 'OWNER' && deletedAt === null,
    title: (rows) => `Change the role of ${names(rows)}`,
    says: 'Administrators see these pages and may act upon members; owners also appoint administrators.',
    fields: [
      {
        ...{ name: 'role', label: 'Role', kind: 'select', options: ROLE_OPTIONS },
        initial: ({ role }) => role,
      },
    ],
    submit: 'Change role',
    perform: mutates(SetServerRoleDocument, ({ id }, { role }) => ({
      ...{ userId: id, role: role as ServerRole },
    })),
    done: (rows) => `The role of ${names(rows)} was changed.`,
  },
  {
    label: 'Password link…',
    fits: isBelow,
    title: (rows) => `A new password for ${names(rows)}?`,
    says: 'You get a link by which they choose a new one. Their old password holds until then.',
    submit: 'Create link',
    perform: mutates(
      CreatePasswordResetDocument,
      ({ id }) => ({ userId: id }),
      (data) => codeOf(data.createPasswordReset.code),
    ),
    done: () => 'The link was created.',
  },
  {
    ...{ label: 'Ban…', isDanger: true, isBulk: true },
    fits: (row, me) => isBelow(row, me) && row.ban === null,
    title: (rows) => `Ban ${names(rows)} from the server?`,
    says: 'They are logged out everywhere at once, and cannot log in until the ban ends or is lifted.',
    fields: SERVER_BAN,
    submit: 'Ban',
    perform: mutates(BanUserDocument, ({ id }, { reason, until }) => ({
      ...{ userId: id, reason: orNull(reason), until: untilOf(until) },
    })),
    done: (rows) => `${names(rows)} ${were(rows)} banned.`,
  },
  {
    ...{ label: 'Lift the ban…', isBulk: true },
    fits: (row, me) => isBelow(row, me) && row.ban !== null,
    title: (rows) => `Lift the ban of ${names(rows)}?`,
    says: 'They may log in again at once.',
    submit: 'Lift the ban',
    perform: mutates(UnbanUserDocument, ({ id }) => ({ userId: id })),
    done: (rows) => `The ban of ${names(rows)} was lifted.`,
  },
  {
    ...{ label: 'Deactivate…', isDanger: true, isBulk: true },
    fits: (row, me) => isBelow(row, me) && row.deactivatedAt === null,
    title: (rows) => `Deactivate ${names(rows)}?`,
    says: 'They are logged out everywhere and cannot log in until they are reactivated. What they said stays, under their name.',
    loses: (rows) => [
      `${counted(
        sumOf(rows, (row) => row.sessionCount),
        ['session ends', 'sessions end'],
      )}.`,
    ],
    submit: 'Deactivate',
    perform: mutates(DeactivateUserDocument, ({ id }) => ({ userId: id })),
    done: (rows) => `${names(rows)} ${were(rows)} deactivated.`,
  },
  {
    ...{ label: 'Reactivate…', isBulk: true },
    fits: (row, me) => isBelow(row, me) && row.deactivatedAt !== null,
    title: (rows) => `Reactivate ${names(rows)}?`,
    says: 'They may log in again at once.',
    submit: 'Reactivate',
    perform: mutates(ReactivateUserDocument, ({ id }) => ({ userId: id })),
    done: (rows) => `${names(rows)} ${were(rows)} reactivated.`,
  },
  {
    ...{ label: 'Delete…', isDanger: true, isBulk: true },
    fits: isBelow,
    title: (rows) => `Delete ${names(rows)}?`,
    says: 'This cannot be undone. Their names, pictures and profiles go, and nobody else can take the usernames.',
    loses: losesOf,
    fields: [
      {
        ...{ name: 'messages', label: 'What becomes of their messages', kind: 'choice' },
        options: [
          { value: 'KEEP', label: 'They stay', hint: 'by “Deleted account”' },
          { value: 'DELETE', label: 'They go, too', hint: 'with their files; it may take a while' },
        ],
      },
    ],
    typed: ({ user }) => user.username,
    submit: 'Delete for good',
    perform: mutates(DeleteUserDocument, ({ id }, { messages }) => ({
      ...{ userId: id, messages: messages as MessagesFate },
    })),
    done: (rows) => `${names(rows)} ${were(rows)} deleted.`,
  },
];

/** What goes, or what the choice is about, by the records' own counts. */
function losesOf(rows: readonly Person[]): string[] {
  const sessions = sumOf(rows, (row) => row.sessionCount);
  const rooms = sumOf(rows, (row) => row.roomCount);
  const messages = sumOf(rows, (row) => row.messageCount);
  const files = sumOf(rows, (row) => row.fileCount);
  const size = formatBytes(sumOf(rows, (row) => row.fileBytes));
  const alone = rows.flatMap(({ ownsAlone }) => ownsAlone.map(({ name }) => name));
  return [
    `${counted(sessions, ['session ends', 'sessions end'])}`,
    `${counted(rooms, ['membership ends', 'memberships end'])}`,
    `${counted(messages, ['message', 'messages'])} and ${counted(files, ['file', 'files'])} (${size}) are of them`,
    ...(alone.length > 0 ? [`No owner remains in: ${alone.join(', ')}`] : []),
  ];
}
