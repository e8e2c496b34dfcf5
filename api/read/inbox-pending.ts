import { listInvitations, type PendingInvitation } from '../room/invitation.ts';
import { listOwnRequests, type PendingRequest } from '../room/request.ts';
import type { InboxParts } from './inbox-parts.ts';

/** What somebody has not answered, or has not been answered. */
export interface Pending {
  invitations: PendingInvitation[];
  requests: PendingRequest[];
}

/** What is pending for one person, as an inbox holds it: all is read again where some has changed; one reading at a time. */
export class InboxPending {
  readonly #parts: InboxParts;
  readonly #userId: string;
  readonly #tell: () => void;
  #pending: Pending = { invitations: [], requests: [] };
  #isStale = false;
  #isLoading = false;

  constructor(parts: InboxParts, userId: string, tell: () => void) {
    this.#parts = parts;
    this.#userId = userId;
    this.#tell = tell;
  }

  get all(): Pending {
    return this.#pending;
  }

  /** @throws whatever the database throws. */
  async load(): Promise<void> {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const before = print(this.#pending);
        this.#pending = await readPending(this.#parts, this.#userId);
        if (print(this.#pending) !== before) this.#tell();
      }
    } finally {
      this.#isLoading = false;
    }
  }
}

export async function readPending(parts: Pick<InboxParts, 'db'>, userId: string): Promise<Pending> {
  const [invitations, requests] = await Promise.all([
    listInvitations(parts, userId),
    listOwnRequests(parts, userId),
  ]);
  return { invitations, requests };
}

const print = ({ invitations, requests }: Pending) =>
  JSON.stringify([
    invitations.map(({ roomId, createdAt }) => [roomId, createdAt]),
    requests.map(({ roomId, text }) => [roomId, text]),
  ]);
