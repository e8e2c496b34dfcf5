/** Later than any timer can ring; what is further is looked at again then. */
const LONGEST_TIMER_MS = 24 * 60 * 60 * 1000;

/**
 * Whether a moment of the API's lies ahead, and no longer once it has passed. Call it as a component begins.
 * @param moment null for none
 */
export function ahead(moment: () => string | null | undefined): { readonly current: boolean } {
  let now = $state(Date.now());
  const endsAt = $derived.by(() => {
    const text = moment();
    return text ? Date.parse(text) : 0;
  });
  const current = $derived(endsAt > now);

  const look = () => (now = Date.now());
  $effect(() => {
    if (endsAt <= now) return;
    const leftMs = endsAt - Date.now();
    const timer = setTimeout(look, Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS));
    // The timers of a machine that sleeps ring late.
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  });

  return {
    get current() {
      return current;
    },
  };
}
