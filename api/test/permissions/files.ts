/** The routes by which files come and go. */
import { nodeKey } from '../../node-id.ts';
import type { Answer } from '../client.ts';
import { letterOf } from './asking.ts';
import { type Asking, contents, type Outcomes, room, type Row, server } from './row.ts';
import type { Scene } from './scene.ts';

// On the server: member, blocked, administrator, owner of the server; nobody.
// In a room:   owner, moderator, member, blocked, timed out; banned, stranger, administrator, owner of the server; nobody.
// Directly:    member, staff, blocked; stranger, administrator, owner of the server; nobody.
/** Those who see the message: for all others, nobody among them, there is no such file. */
const READERS = contents('+++++ N+++ N', '+++ NNN N');
const NOBODY = room('NNNNN NNNN N', 'NNN NNN N');

const IMAGE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const FILE_ROUTES: Row[] = [
  sent('POST /upload', ({ roomId }) => `/upload?room=${roomId}&name=a`, {
    ...room('++++F NFFF U', '++F NNN U'),
  }),
  got('/files', ({ sentFileId }) => `/files/${sentFileId}/plums.png`, READERS),
  got('/thumbnails', ({ sentFileId }) => `/thumbnails/${sentFileId}`, READERS),
  got('/files of what was not sent', ({ unsentFileId }) => `/files/${unsentFileId}/a`, NOBODY),
  got(
    '/thumbnails of what was not sent',
    ({ unsentFileId }) => `/thumbnails/${unsentFileId}`,
    NOBODY,
  ),
  // A file of a room is nobody's picture.
  got('/avatars of a file', ({ sentFileId }) => `/avatars/${sentFileId}`, NOBODY),
  sent('POST /avatar', () => '/avatar', server('++++ U')),
  got('/avatars', ({ author }) => `/avatars/${author.user.avatarId}`, server('++++ N')),
  sent('POST /logo', () => '/logo', server('FF++ U'), { deed: 'SETTINGS_CHANGED' }),
  // Somebody's picture is not for everybody.
  got('/logo of a picture', ({ author }) => `/logo/${author.user.avatarId}`, server('NNNN N')),
  got(
    '/exports of what another has asked for',
    ({ authorExportId }) => `/exports/${nodeKey('Export', authorExportId)}.tar`,
    server('NNNN N'),
  ),
].flat();

function sent(
  field: string,
  pathOf: (scene: Scene) => string,
  outcomes: Outcomes,
  more: Pick<Row, 'deed'> = {},
): Row[] {
  const ask = async ({ url, scene, headers }: Asking) => {
    const response = await fetch(url + pathOf(scene), { method: 'POST', headers, body: IMAGE });
    return letterOf((await response.json()) as Answer);
  };
  return [{ field, outcomes, ask, changes: true, ...more }];
}

function got(title: string, pathOf: (scene: Scene) => string, outcomes: Outcomes): Row[] {
  return ['GET', 'HEAD'].map((method) => ({
    ...{ field: `${method} ${title}`, outcomes, changes: false },
    async ask({ url, scene, headers }) {
      const { status } = await fetch(url + pathOf(scene), { method, headers });
      return { 200: '+', 404: 'N' }[status] ?? String(status);
    },
  }));
}
