/** All kinds of records that the administration shows. */
import { audit } from './audit/audit.ts';
import { files } from './files/files.ts';
import { invitations } from './invitations/invitations.ts';
import { memberships } from './memberships/memberships.ts';
import { messages } from './messages/messages.ts';
import { people } from './people/people.ts';
import type { Model } from './records/model.ts';
import { reports } from './reports/reports.ts';
import { roomBans } from './room-bans/room-bans.ts';
import { roomLinks } from './room-links/room-links.ts';
import { rooms } from './rooms/rooms.ts';
import { serverBans } from './server-bans/server-bans.ts';
import { sessions } from './sessions/sessions.ts';

const MODELS: readonly Model[] = [
  ...[reports, people, sessions, invitations, serverBans],
  ...[rooms, memberships, messages, files, roomLinks, roomBans, audit],
];

/** The one whose list is there. */
export const modelAt = (path: string): Model | undefined =>
  MODELS.find(({ page }) => page.href === `/admin/${path}`);
