/**
 * The inboxes that are open on this process, and the rooms that are in them: opened by the first screen
 * and closed after the last. A hint of the bus may be lost: after a gap the persons concerned are read
 * again, and a sweep compares what each holds with the database within SWEEP_MS, some of them at each turn, in one query. `close`
 * ends all.
 */
import { createHash } from 'node:crypto';
import { loggedIn, type Viewer } from '../viewer.ts';
import { isBannedSql } from '../visibility.ts';
import type { App } from '../app.ts';
import type { Topic } from '../live/bus.ts';
import { tooManyFollowers } from '../message/following.ts';
import { INVITATIONS_LISTED } from '../room/invitation.ts';
import { REQUESTS_LISTED } from '../room/request.ts';
import { DRAFTS_LISTED, listDrafts } from './draft.ts';
import { Inbox, type InboxState } from './inbox.ts';
import type { InboxParts } from './inbox-parts.ts';
import { readPending } from './inbox-pending.ts';
import { type InboxRoom, inOrder, listJoined } from './inbox-rooms.ts';
import type { InboxScreen } from './inbox-screen.ts';
import { RoomWatch, type Watcher } from './room-watch.ts';
import { listUnreadThreads } from './thread-unread.ts';
import { openReportsSql } from './unread.ts';

/** How long screens are told nothing after they have been told something, at least. */
const PAUSE_MS = 250;
/** With many inboxes open they are told less often, so that a busy room does not cost them all a processor. */
const PAUSE_MS_PER_INBOX = 1;
/** Every screen of a person agrees within a second. */
const PAUSE_MAX_MS = 750;
export const INBOX_SWEEP_MS = 10_000;
/** A turn compares a part of the inboxes. */
const TURNS = 10;

export class Inboxes {
  readonly #parts: InboxParts;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #watches = new Map<string, RoomWatch>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(parts: InboxParts) {
    this.#parts = parts;
    parts.bus.onGap((topics) => {
      for (const userId of usersOf(topics)) this.#inboxes.get(userId)?.reload();
    });
    this.#timer = setInterval(() => void this.#sweep(), INBOX_SWEEP_MS / TURNS).unref();
  }

  /** How many persons have theirs open here. */
  get size(): number {
    return this.#inboxes.size;
  }

  /** A screen of that person's. @throws whatever the database throws. */
  async enter(userId: string): Promise<InboxScreen> {
    let inbox = this.#inboxes.get(userId);
    if (!inbox) {
      const opened = new Inbox(this.#parts, userId, {
        takeWatch: (roomId, watcher) => this.#takeWatch(roomId, watcher),
        pauseMs: () => Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MS, this.size * PAUSE_MS_PER_INBOX)),
        onEnd: () => {
          if (this.#inboxes.get(userId) === opened) this.#inboxes.delete(userId);
        },
      });
      this.#inboxes.set(userId, (inbox = opened));
    }
    return inbox.enter();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const inbox of this.#inboxes.values()) inbox.close();
  }

  #takeWatch(roomId: string, watcher: Watcher): RoomWatch {
    let watch = this.#watches.get(roomId);
    if (!watch) {
      const opened = new RoomWatch(this.#parts, roomId, () => {
        if (this.#watches.get(roomId) === opened) this.#watches.delete(roomId);
      });
      this.#watches.set(roomId, (watch = opened));
    }
    watch.watchers.add(watcher);
    return watch;
  }

  async #sweep(): Promise<void> {
    const turn = this.#turn++ % TURNS;
    const due = [...this.#inboxes.values()].filter((_, index) => index % TURNS === turn);
    if (due.length === 0) return;
    // Before the question: what has changed since is known by a hint.
    const held = due.map((inbox) => fingerprint(inbox));
    try {
      const { rows } = await this.#parts.db.pool.query<{ fingerprint: string; threads: string }>({
        name: 'compare-inboxes',
        text: FINGERPRINT,
        values: [due.map(({ userId }) => userId)],
      });
      due.forEach((inbox, index) => {
        const { fingerprint, threads } = rows[index]!;
        if (fingerprint !== held[index]) inbox.reload();
        inbox.compareThreads(threads);
      });
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'The sweep of the inboxes failed');
    }
  }
}

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::bigint`;

/** Weighs each place by its thread, so that places that have moved against each other are told apart. */
const WEIGHTS = 9_973;

/** What an inbox has of its person’s own, and of the database the same, as one line each; threads as a sum. */
const FINGERPRINT = `
  SELECT md5(concat_ws(',',
    (
      SELECT string_agg(concat_ws(' ', room_id, read_seq, notify, ${ms('muted_until')}, is_favourite, position, ${openReportsSql('membership')}, hidden_seq, (
        SELECT string_agg(blocked_id::text, '+' ORDER BY blocked_id)
        FROM user_block WHERE blocker_id = asked.user_id
      )), ',' ORDER BY room_id)
      FROM membership WHERE membership.user_id = asked.user_id
    ), (
      SELECT string_agg(concat_ws(' ', room_id, thread_seq, ${ms('updated_at')}), ','
                        ORDER BY room_id, thread_seq)
      FROM (
        SELECT draft.* FROM draft JOIN membership USING (user_id, room_id)
        WHERE user_id = asked.user_id ORDER BY updated_at DESC LIMIT ${DRAFTS_LISTED}
      ) listed
    ), (
      SELECT string_agg(room_id::text, ',' ORDER BY room_id) FROM (
        SELECT room_id FROM room_invitation invitation JOIN room ON room.id = room_id
        WHERE user_id = asked.user_id AND archived_at IS NULL AND NOT ${isBannedSql('asked.user_id')}
        ORDER BY invitation.created_at DESC, room_id LIMIT ${INVITATIONS_LISTED}
      ) listed
    ), (
      SELECT string_agg(room_id::text, ',' ORDER BY room_id) FROM (
        SELECT room_id FROM join_request request JOIN room ON room.id = room_id
        WHERE user_id = asked.user_id AND visibility = 'RESTRICTED'
          AND NOT ${isBannedSql('asked.user_id')}
        ORDER BY request.created_at, room_id LIMIT ${REQUESTS_LISTED}
      ) listed
    )
  )) AS fingerprint, (
    SELECT count(*) || ' ' || coalesce(sum(read_seq::bigint * (thread_seq % ${WEIGHTS} + 1)), 0)
    FROM thread_follow WHERE thread_follow.user_id = asked.user_id AND is_following
  ) AS threads
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (user_id, place)
  ORDER BY place`;

function fingerprint({ rooms, drafts, pending }: Inbox): string {
  const ordered = drafts.all.sort((a, b) => byRoom(a, b) || a.threadSeq - b.threadSeq);
  const lines = [
    ...rooms.places
      .sort(byRoom)
      .map((place) =>
        [
          ...[place.roomId, place.readSeq, place.notify, place.mutedUntil?.getTime()],
          ...[place.isFavourite ? 't' : 'f', place.position, place.reports, place.hiddenSeq],
          place.blockedIds.length > 0 ? place.blockedIds.toSorted().join('+') : null,
        ].filter((part) => part !== undefined && part !== null),
      ),
    ...ordered.map(({ roomId, threadSeq, updatedAt }) => [roomId, threadSeq, updatedAt.getTime()]),
    ...[pending.all.invitations, pending.all.requests].flatMap((some) =>
      [...some].sort(byRoom).map(({ roomId }) => [roomId]),
    ),
  ];
  return createHash('md5')
    .update(lines.map((parts) => parts.join(' ')).join())
    .digest('hex');
}

/** As PostgreSQL orders them. */
const byRoom = (a: { roomId: string }, b: { roomId: string }) =>
  a.roomId < b.roomId ? -1 : Number(a.roomId > b.roomId);

const TOPIC = 'user:';

function usersOf(topics: Iterable<Topic>): string[] {
  return [...topics]
    .filter((topic) => topic.startsWith(TOPIC))
    .map((topic) => topic.slice(TOPIC.length));
}

/** The viewer's inbox as the database has it now. */
export async function readInbox(app: App, viewer: Viewer): Promise<InboxState> {
  const { user } = loggedIn(viewer);
  const ids = await listJoined(app, user.id);
  const [drafts, threads, pending, ...entries] = await Promise.all([
    listDrafts(app, user.id),
    listUnreadThreads(app, user.id),
    readPending(app, user.id),
    ...ids.map((roomId) => readInboxRoom(app, viewer, roomId)),
  ]);
  const rooms = entries.filter((entry) => entry !== null && !entry.counts.isHidden) as InboxRoom[];
  return { rooms: rooms.sort(inOrder), threads, drafts, pending };
}

/** One room of it; null for one that the viewer is no member of. Those that are asked for together are read together. */
export async function readInboxRoom(
  app: App,
  viewer: Viewer,
  roomId: string,
): Promise<InboxRoom | null> {
  const { user } = loggedIn(viewer);
  const [counts, gist] = await Promise.all([
    app.unread.ask({ userId: user.id, roomId }),
    app.roomGists.ask(roomId),
  ]);
  return counts && gist && { ...gist, counts };
}

/**
 * The viewer's inbox, and then its changes, for as long as they are logged in.
 * @throws Refusal UNAUTHENTICATED; RATE_LIMITED for too many at once.
 */
export async function followInbox(app: App, viewer: Viewer): Promise<InboxScreen> {
  const { user, sessionId } = loggedIn(viewer);
  const leave = app.followers.enter(user.id);
  if (!leave) throw tooManyFollowers();
  let screen: InboxScreen | null = null;
  let isLoggedOut = false;
  const stopListening = app.bus.listen(`session:${sessionId}`, () => {
    isLoggedOut = true;
    void screen?.return();
  });
  try {
    screen = await app.inboxes.enter(user.id);
  } catch (error) {
    stopListening();
    leave();
    throw error;
  }
  screen.onEnd(stopListening);
  screen.onEnd(leave);
  if (isLoggedOut) await screen.return();
  return screen;
}
