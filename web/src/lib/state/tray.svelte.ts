/**
 * The files that are to go with the next message of a room, in the order in which they were chosen. A few are on
 * their way at a time; the message is sent once all are there.
 */
import type { Api } from '#lib/graphql/api.ts';
import type { AttachmentFragment } from '#lib/graphql/generated/graphql.ts';
import { formatBytes } from '#lib/bytes.ts';
import { Upload } from './upload.svelte.ts';

export interface TrayLimits {
  /** The largest file. */
  uploadBytes: number;
  filesPerMessage: number;
  fileNameMaxLength: number;
}

/** More at once do not arrive sooner, and each would look stalled. */
const LANES = 3;

export class Tray {
  uploads: readonly Upload[] = $state.raw([]);
  /** The picture that its author is just describing. */
  describing: Upload | null = $state.raw(null);
  /** Files that were chosen, and were too many. */
  leftOut = $state(0);
  /** Whether there is nothing that has not arrived. */
  readonly ready: boolean = $derived(this.uploads.every(({ state }) => state === 'done'));
  /** Whether something will not arrive unless its author does something about it. */
  readonly stuck: boolean = $derived(this.uploads.some(({ state }) => state === 'failed'));
  readonly #api: Api;
  readonly #roomId: string;
  readonly #limits: TrayLimits;
  #underWay = 0;

  constructor(api: Api, roomId: string, limits: TrayLimits) {
    this.#api = api;
    this.#roomId = roomId;
    this.#limits = limits;
  }

  add(files: Iterable<File>): void {
    const { uploadBytes, filesPerMessage } = this.#limits;
    const chosen = [...files];
    const added = chosen
      .slice(0, Math.max(0, filesPerMessage - this.uploads.length))
      .map((file) => new Upload(this.#api, this.#roomId, withSafeName(file, this.#limits)));
    this.leftOut = chosen.length - added.length;
    for (const upload of added) {
      if (upload.source.size <= uploadBytes) continue;
      upload.refuse(`Larger than ${formatBytes(uploadBytes)}.`);
    }
    this.uploads = [...this.uploads, ...added];
    this.#start();
  }

  retry(upload: Upload): void {
    upload.state = 'queued';
    this.#start();
  }

  remove(upload: Upload): void {
    upload.cancel();
    this.uploads = this.uploads.filter((other) => other !== upload);
    this.leftOut = 0;
  }

  /** Gives what has arrived, to be sent, and is empty again. */
  take(): AttachmentFragment[] {
    const files = this.uploads.flatMap(({ file }) => file ?? []);
    for (const upload of this.uploads) upload.release();
    this.uploads = [];
    this.leftOut = 0;
    return files;
  }

  close(): void {
    for (const upload of this.uploads) upload.cancel();
  }

  #start(): void {
    while (this.#underWay < LANES) {
      const next = this.uploads.find(({ state }) => state === 'queued');
      if (!next) return;
      this.#underWay++;
      void next.run().finally(() => {
        this.#underWay--;
        this.#start();
      });
    }
  }
}

/** What the server would refuse in a name is none of its owner's business: file systems allow more. */
function withSafeName(file: File, { fileNameMaxLength }: TrayLimits): File {
  const plain = file.name.replace(/[/\\\p{Cc}\p{Bidi_Control}]/gu, '_');
  const characters = [...plain.trim()];
  const dot = characters.lastIndexOf('.');
  const ending = dot > 0 && characters.length - dot <= 12 ? characters.slice(dot) : [];
  const name =
    characters.length > fileNameMaxLength
      ? [...characters.slice(0, fileNameMaxLength - ending.length), ...ending].join('')
      : characters.join('');
  const safe = /^\.*$/.test(name) ? 'file' : name;
  return safe === file.name ? file : new File([file], safe, { type: file.type });
}
