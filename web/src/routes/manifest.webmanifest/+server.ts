import { createApi } from '#lib/graphql/api.ts';
import { ViewerDocument } from '#lib/graphql/generated/graphql.ts';
import { GROUND } from '#lib/state/theme.ts';
import type { RequestHandler } from './$types';

const OURS = [
  { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
  { src: '/icons/192.png', sizes: '192x192', type: 'image/png' },
  { src: '/icons/512.png', sizes: '512x512', type: 'image/png' },
  { src: '/icons/maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
];

/** By which browsers install the app, under the server's name (Web Application Manifest, W3C). */
export const GET: RequestHandler = async ({ fetch }) => {
  const api = createApi(fetch, false);
  const { data } = await api.client.query(ViewerDocument, {});
  api.close();
  const logo = data?.server.logoUrl;
  const name = data?.server.name ?? 'Parley';
  const manifest = {
    id: '/',
    name,
    short_name: name,
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: GROUND.light,
    theme_color: GROUND.light,
    icons: logo ? [{ src: logo, sizes: '512x512', type: 'image/webp' }] : OURS,
    shortcuts: [{ name: 'Browse rooms', url: '/rooms' }],
  };
  return Response.json(manifest, { headers: { 'content-type': 'application/manifest+json' } });
};
