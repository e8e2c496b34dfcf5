/** What people do in rooms: each act is chosen at random, and done over the API at any of the servers. */
import { type Answer, ask, bearer } from '../api/test/client.ts';
import type { Random } from '../api/test/random.ts';
import { upload } from '../api/test/uploads.ts';
import type { Member } from './room.ts';

/** What is changed is mostly new, so that changes meet. */
const RECENT = 30;
/** What one person's act meets that another has done meanwhile. */
const EXPECTED = ['FORBIDDEN', 'CONFLICT'];
/** What besides meets one who has left, and is back when it is looked why nothing was posted. */
const EXPECTED_OF_VISITOR = [...EXPECTED, 'UNAVAILABLE', 'INVALID_INPUT'];
const EMOJI = ['👍', '🎉', '🙏', '❤️'];
const LEVELS = ['ALL', 'MENTIONS', 'NOTHING'];
/** The visitor is named nowhere: whether they are a member at that moment nobody can tell afterwards. */
const MENTIONS = [
  ...['', '', '', '', '@all', '@here', '@member-0', '@member-1 and @administrator'],
  ...['`@member-1`', '@nobody', 'x@member-0.example'],
];
/** How the key of a message ends that is said in a thread only. */
export const ASIDE = 'aside';

export interface Rooms {
  /** Where most is done, and then the others. */
  roomIds: string[];
  /** The one who comes and goes in the first of them. */
  visitor: Member;
}

interface Said {
  id: string;
  cursor: string;
  roomId: string;
}

export class Acts {
  succeeded = 0;
  refused = 0;
  readonly unexpected: string[] = [];
  readonly #url: () => string;
  readonly #rooms: Rooms;
  readonly #random: Random;
  readonly #messages: Said[] = [];
  #count = 0;

  constructor(url: () => string, rooms: Rooms, random: Random) {
    this.#url = url;
    this.#rooms = rooms;
    this.#random = random;
  }

  join(who: Member, roomId = this.#rooms.roomIds[0]!): Promise<unknown> {
    return this.#do(who, 'joinRoom', { roomId });
  }

  /** Whatever that person may come to do. */
  async any(who: Member): Promise<void> {
    const message = this.#pick(this.#messages.slice(-RECENT));
    const kinds = [this.#writing(who)];
    if (message) kinds.push(this.#changing(who, message), this.#reading(who, message));
    if (message && who === this.#rooms.visitor) kinds.push(this.#going(who));
    await this.#pick(this.#pick(kinds)!)!();
  }

  #writing(who: Member): (() => Promise<unknown>)[] {
    const [main, ...others] = this.#rooms.roomIds;
    return [
      () => this.#post(who, main!),
      () => this.#post(who, main!),
      () => this.#post(who, this.#pick(others)!),
      () => this.#sendFile(who, main!),
    ];
  }

  #changing(who: Member, { id: messageId, roomId }: Said): (() => Promise<unknown>)[] {
    const change = (name: string, input: object = {}) =>
      this.#do(who, name, { messageId, ...input });
    const emoji = this.#pick(EMOJI);
    const alsoInRoom = this.#random.below(4) === 0;
    return [
      () => this.#post(who, roomId, { replyToId: messageId }),
      () => this.#post(who, roomId, { threadId: messageId, alsoInRoom }),
      () => change('editMessage', { body: this.#text('edit') }),
      () => change('deleteMessage'),
      () => change('addReaction', { emoji }),
      () => change('addReaction', { emoji }),
      () => change('removeReaction', { emoji }),
      () => change('pinMessage'),
      () => change('unpinMessage'),
    ];
  }

  #reading(who: Member, { id: messageId, cursor, roomId }: Said): (() => Promise<unknown>)[] {
    const read = () => this.#do(who, 'markRead', { roomId, cursor });
    const draft = (input: object) => this.#do(who, 'saveDraft', { roomId, ...input });
    const mutedUntil = this.#pick([null, '2100-01-01T00:00:00.000Z']);
    const level = this.#pick(LEVELS);
    return [
      read,
      read,
      () => this.#do(who, 'markUnread', { messageId }),
      () => this.#do(who, 'markAllRead'),
      () => draft({ body: this.#text('draft') }),
      () => draft({ body: this.#text('draft'), threadId: messageId }),
      () => draft({ body: '' }),
      () => this.#do(who, 'setRoomNotifications', { roomId, level }),
      () => this.#do(who, 'setRoomNotifications', { roomId, mutedUntil }),
    ];
  }

  #going(who: Member): (() => Promise<unknown>)[] {
    const roomId = this.#rooms.roomIds[0]!;
    return [() => this.join(who), () => this.#do(who, 'leaveRoom', { roomId })];
  }

  async #post(who: Member, roomId: string, place: Record<string, unknown> = {}): Promise<void> {
    const isAside = place['threadId'] && !place['alsoInRoom'];
    const idempotencyKey = `${who.name} ${++this.#count}${isAside ? ` ${ASIDE}` : ''}`;
    const input = { roomId, body: this.#text('message'), idempotencyKey, ...place };
    const data = await this.#do(who, 'sendMessage', input);
    if (data) this.#messages.push({ ...data['message'], roomId });
  }

  async #sendFile(who: Member, roomId: string): Promise<void> {
    const name = `notes ${++this.#count}.txt`;
    const sent = await upload(this.#url(), who.token, { roomId, name, body: `notes of ${name}` });
    const file = this.#judge(who, 'upload', sent)?.['file'];
    if (!file) return;
    await this.#do(who, 'describeFile', { fileId: file.id, alt: `what ${name} says` });
    await this.#post(who, roomId, { attachmentIds: [file.id] });
  }

  #text(what: string): string {
    return `${what} ${++this.#count} ${this.#pick(MENTIONS)}`.trimEnd();
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#random.below(items.length)];
  }

  async #do(who: Member, name: string, input: object | null = null) {
    const answer = await ask(
      this.#url(),
      documentOf(name, input !== null),
      { input },
      bearer(who.token),
    );
    return this.#judge(who, name, answer)?.[name] ?? null;
  }

  #judge(who: Member, name: string, { data, errors }: Answer) {
    if (data) {
      this.succeeded++;
      return data;
    }
    const code = errors?.[0]?.extensions?.code;
    const expected = who === this.#rooms.visitor ? EXPECTED_OF_VISITOR : EXPECTED;
    if (expected.includes(code!)) this.refused++;
    else
      this.unexpected.push(
        `${name} of ${who.name} was refused with ${code}: ${errors?.[0]?.message}`,
      );
    return null;
  }
}

function documentOf(name: string, hasInput: boolean): string {
  const selection = name === 'sendMessage' ? 'message { id cursor }' : '__typename';
  if (!hasInput) return `mutation { ${name} { ${selection} } }`;
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
}
