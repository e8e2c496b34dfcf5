/** The viewer's own order of rooms; what changes comes back with the inbox, on every screen. */
import type { Api } from '#lib/graphql/api.ts';
import { MoveRoomDocument, SetFavouriteDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { Toasts } from '#lib/state/toasts.svelte.ts';

export class RoomOrder {
  readonly #api: Api;
  readonly #toasts: Toasts;

  constructor(api: Api, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
  }

  async setFavourite(roomId: string, isFavourite: boolean): Promise<void> {
    const input = { roomId, isFavourite };
    const { error } = await this.#api.client.mutation(SetFavouriteDocument, { input });
    if (error) this.#toasts.show(refusalOf(error).message, 'alert');
  }

  /** @param afterId the room that it is to follow; null: it comes first */
  async move(roomId: string, afterId: string | null): Promise<void> {
    const input = { roomId, afterId };
    const { error } = await this.#api.client.mutation(MoveRoomDocument, { input });
    if (error) this.#toasts.show(refusalOf(error).message, 'alert');
  }
}

/**
 * Which room another one follows once it is moved a step within its part of the list; null: none, undefined: there is
 * no further step.
 */
export function followedAfterStep(
  ids: readonly string[],
  id: string,
  step: 1 | -1,
): string | null | undefined {
  const index = ids.indexOf(id);
  const target = index + step;
  if (index === -1 || target < 0 || target >= ids.length) return undefined;
  const rest = ids.filter((other) => other !== id);
  return rest[target - 1] ?? null;
}
