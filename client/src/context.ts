/** What the parts of a client share: its way to ask, its socket, and its end. */
import type { TypedDocument } from './document.ts';
import type { Transport } from './transport.ts';
import type { Wakeup } from './wakeup.ts';

export interface CallOptions {
  /** Gives up: the call rejects with its reason. */
  signal?: AbortSignal | undefined;
  /** Tries again, for ever, while the server is not reached, is not available or asks to wait. */
  retry?: boolean | undefined;
}

export interface Context {
  ask<Data, Variables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables | undefined,
    options?: CallOptions,
  ): Promise<Data>;
  transport: Transport;
  wakeup: Wakeup;
  /** Aborted when the client is closed. */
  closing: AbortSignal;
}
