import type { Api } from '#lib/graphql/api.ts';
import {
  ExportProgressDocument,
  ExportsDocument,
  StartExportDocument,
  type ExportFragment,
  type ExportKind,
} from '#lib/graphql/generated/graphql.ts';
import { keepSubscribed } from '#lib/graphql/keep-subscribed.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';

/** What an export is of. */
export interface ExportSubject {
  kind: ExportKind;
  /** Of a room: its id. */
  roomId: string | null;
}

/** The latest export of something that the viewer has asked for, as it comes to be, until it expires. */
export class Exporting {
  #current: ExportFragment | null = $state.raw(null);
  #refusal: string | undefined = $state();
  readonly #api: Api;
  readonly #subject: ExportSubject;
  #stop = () => {};
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(api: Api, subject: ExportSubject) {
    this.#api = api;
    this.#subject = subject;
  }

  get current(): ExportFragment | null {
    return this.#current;
  }

  /** Why the last one could not be begun, in words. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  get isUnderWay(): boolean {
    return this.#current?.state === 'WAITING' || this.#current?.state === 'RUNNING';
  }

  /** Looks for one that was asked for before. */
  async load(): Promise<void> {
    const { client } = this.#api;
    const { data } = await client.query(ExportsDocument, {}, { requestPolicy: 'network-only' });
    const { kind, roomId } = this.#subject;
    const latest = data?.exports.find(
      (one) => one.kind === kind && (one.room?.id ?? null) === roomId,
    );
    if (latest && !this.#current) this.#follow(latest);
  }

  async start(): Promise<void> {
    const { kind, roomId } = this.#subject;
    const { data, error } = await this.#api.client.mutation(StartExportDocument, {
      input: { kind, roomId },
    });
    this.#refusal = error && refusalOf(error).message;
    if (data) this.#follow(data.startExport.export);
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    clearTimeout(this.#expiry);
  }

  #follow(found: ExportFragment): void {
    if (this.#isClosed) return;
    this.#stop();
    clearTimeout(this.#expiry);
    this.#current = found;
    this.#expiry = setTimeout(
      () => (this.#current = null),
      Date.parse(found.expiresAt) - Date.now(),
    );
    if (!this.isUnderWay) return;
    this.#stop = keepSubscribed(
      this.#api,
      ExportProgressDocument,
      { exportId: found.id },
      ({ exportProgress }) => {
        this.#current = exportProgress;
        if (!this.isUnderWay) this.#stop();
      },
    );
  }
}
