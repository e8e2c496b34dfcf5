import { createContext } from 'svelte';
import type { AttachmentFragment } from '#lib/graphql/generated/graphql.ts';

/** Shows a picture by itself, among the others of the conversation. */
export type ViewImage = (image: AttachmentFragment) => void;

export const [getViewImage, setViewImage] = createContext<ViewImage>();
