/** Files as clients send them, and what a server has kept of them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { App } from '../app.ts';
import type { Answer } from './client.ts';
import { bearer } from './client.ts';

export interface Upload {
  roomId: string;
  name?: string;
  body: Buffer | string | ReadableStream;
  key?: string;
  signal?: AbortSignal;
}

/** Sends a file; refusals are in `errors`. */
export async function upload(
  url: string,
  token: string | null,
  { roomId, name = 'file.bin', body, key, signal }: Upload,
): Promise<Answer & { status: number }> {
  const query = new URLSearchParams({ room: roomId, name });
  const response = await fetch(`${url}/upload?${query}`, {
    method: 'POST',
    headers: { ...(token && bearer(token)), ...(key && { 'idempotency-key': key }) },
    body: body as BodyInit,
    duplex: 'half',
    ...(signal && { signal }),
  } as RequestInit);
  return { ...((await response.json()) as Answer), status: response.status };
}

/** Sends somebody's picture; refusals are in `errors`. */
export const sendAvatar = (url: string, token: string | null, body: Buffer) =>
  sendPicture(`${url}/avatar`, token, body);

/** Sends the server's logo, likewise. */
export const sendLogo = (url: string, token: string | null, body: Buffer) =>
  sendPicture(`${url}/logo`, token, body);

async function sendPicture(
  address: string,
  token: string | null,
  body: Buffer,
): Promise<Answer & { status: number }> {
  const response = await fetch(address, {
    method: 'POST',
    headers: token ? bearer(token) : {},
    body: body as BodyInit,
  });
  return { ...((await response.json()) as Answer), status: response.status };
}

/** Sends a file that must not be refused, and gives it. */
export async function uploaded(url: string, token: string, file: Upload): Promise<any> {
  const { data, errors } = await upload(url, token, file);
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return data['file'];
}

/** All files of the server's folder for them, also those that are not whole. */
export async function kept({ storage }: App): Promise<string[]> {
  const entries = await readdir(storage.folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(storage.folder.length + 1));
}

/** A picture of one colour, with whatever a camera tells. */
export function picture(
  width: number,
  height: number,
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' = 'png',
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#2a7a5f' } })
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' } })
    .toFormat(format)
    .toBuffer();
}
