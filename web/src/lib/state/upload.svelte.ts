/**
 * One file on its way to the server. It tries for as long as the network is what fails, under one idempotency key,
 * so that a try whose answer was lost cannot double; what the server refuses is its author's to retry or to remove.
 * `cancel()` ends whatever is under way, and the server forgets what it has got.
 */
import { backoffMs } from '../../../../client/src/backoff.ts';
import { refusalOf, type GraphQLFault } from '../../../../client/src/error.ts';
import { newIdempotencyKey } from '../../../../client/src/idempotency-key.ts';
import type { Wakeup } from '../../../../client/src/wakeup.ts';
import { type AttachmentFragment, DiscardFileDocument } from '#lib/graphql/generated/graphql.ts';
import type { Api } from '#lib/graphql/api.ts';

/** What passes by itself. */
const PASSING = ['OFFLINE', 'UNAVAILABLE', 'RATE_LIMITED'];
/** What the same file would be refused for again. */
const FINAL = ['INVALID_INPUT', 'NOT_FOUND', 'FORBIDDEN'];

type Answer =
  | { file: AttachmentFragment }
  | { code: string; message: string; retryAfterMs?: number | undefined };

export class Upload {
  /** `queued` for others to be done, `waiting` for the network, `checking` once all of it has been sent. */
  state: 'queued' | 'sending' | 'checking' | 'waiting' | 'failed' | 'done' = $state('queued');
  /** From 0 to 1. */
  progress = $state(0);
  failure: string | null = $state(null);
  canRetry = $state(true);
  /** What the server has made of it. */
  file: AttachmentFragment | null = $state.raw(null);
  readonly source: File;
  readonly key = newIdempotencyKey();
  /** A picture from memory, for as long as it is not sent. */
  readonly preview: string | null;

  readonly #api: Api;
  readonly #roomId: string;
  #request: XMLHttpRequest | null = null;
  readonly #abort = new AbortController();

  constructor(api: Api, roomId: string, source: File) {
    this.#api = api;
    this.#roomId = roomId;
    this.source = source;
    this.preview = /^image\/(?!svg)/.test(source.type) ? URL.createObjectURL(source) : null;
  }

  /** Sends it, for as long as it takes; resolves once it is there, refused or cancelled. */
  async run(): Promise<void> {
    this.failure = null;
    for (let attempt = 0; !this.#abort.signal.aborted; attempt++) {
      this.state = 'sending';
      this.progress = 0;
      const answer = await this.#send();
      if (this.#abort.signal.aborted) return;
      if ('file' in answer) {
        this.file = answer.file;
        this.state = 'done';
        return;
      }
      if (!PASSING.includes(answer.code)) return this.refuse(answer.message, answer.code);
      this.state = 'waiting';
      await this.#wakeup?.sleep(answer.retryAfterMs ?? backoffMs(attempt), this.#abort.signal);
    }
  }

  refuse(message: string, code = 'INVALID_INPUT'): void {
    this.failure = message;
    this.canRetry = !FINAL.includes(code);
    this.state = 'failed';
  }

  /** Gives it up. */
  cancel(): void {
    this.#abort.abort();
    this.#request?.abort();
    this.release();
    if (!this.file) return;
    const input = { fileId: this.file.id };
    // Where it fails, the server's own sweep does it.
    void this.#api.client.mutation(DiscardFileDocument, { input }).toPromise();
  }

  /** Lets the preview go. */
  release(): void {
    if (this.preview) URL.revokeObjectURL(this.preview);
  }

  get #wakeup(): Wakeup | undefined {
    return this.#api.wakeup;
  }

  /** By XMLHttpRequest, since fetch does not tell how far it has got. */
  #send(): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const request = (this.#request = new XMLHttpRequest());
    const query = new URLSearchParams({ room: this.#roomId, name: this.source.name });
    const lost = () => resolve({ code: 'OFFLINE', message: 'The server can’t be reached.' });
    request.upload.onprogress = ({ loaded, total }) => (this.progress = loaded / total);
    request.upload.onload = () => (this.state = 'checking');
    request.onload = () => resolve(readAnswer(request));
    request.onerror = lost;
    request.onabort = lost;
    request.open('POST', `/upload?${query}`);
    request.setRequestHeader('idempotency-key', this.key);
    request.send(this.source);
    return promise;
  }
}

function readAnswer({ status, responseText }: XMLHttpRequest): Answer {
  try {
    const { data, errors } = JSON.parse(responseText) as {
      data?: { file: AttachmentFragment } | null;
      errors?: GraphQLFault[];
    };
    return data ?? refusalOf(errors);
  } catch {
    // Not our server's words, but those of something before it.
    if (status === 413) return { code: 'INVALID_INPUT', message: 'The file is too large.' };
    return { code: 'UNAVAILABLE', message: 'The server can’t be reached.' };
  }
}
