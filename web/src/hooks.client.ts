import type { HandleClientError } from '@sveltejs/kit/hooks';

export const handleError: HandleClientError = ({ kind, error }) => {
  if (kind === 'framework') {
    return { hint: 'The address may be mistyped, or what was here is gone.' };
  }
  if (kind === 'unknown') {
    console.error(error);
    return {
      message: 'This page could not be shown',
      hint: 'Reload it; if that does not help, the server may be having trouble.',
    };
  }
};
