import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** Where `vite dev` finds the API; the built app is served by the API's own process instead. */
const api = process.env.PARLEY_API ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ out: 'build' }),
      // Whoever turns notifications on has it registered; nobody else needs it.
      serviceWorker: { register: false },
      // Nothing but our own files may load, and nothing of a user's can become a script or a style sheet.
      csp: {
        mode: 'auto',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          'style-src': ['self'],
          // The page announcer of SvelteKit has a style attribute.
          'style-src-attr': ['unsafe-inline'],
          // A picture that is about to be uploaded is shown from memory.
          'img-src': ['self', 'data:', 'blob:'],
          'font-src': ['self'],
          // Older Safari does not take 'self' for WebSockets; only this origin's cookie opens one anyway.
          'connect-src': ['self', 'ws:', 'wss:'],
          'object-src': ['none'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  // Its components are Svelte's to compile; it would be found out by itself if the packages were listed in here.
  ssr: { noExternal: ['@lucide/svelte'] },
  server: {
    // The fonts lie with the packages, one folder up.
    fs: { allow: ['..'] },
    proxy: {
      '/graphql': { target: api, ws: true },
      '/upload': { target: api },
      '/files': { target: api },
      '/thumbnails': { target: api },
    },
  },
});
