/** Closer than this a page is magnified, and what is out of sight is not the keyboard's. */
const MAGNIFIED = 1.01;

/**
 * Keeps `--keyboard` at what a soft keyboard covers of the page, for layouts to leave free. It is nothing where the
 * browser makes the page smaller by itself (`interactive-widget`), which Safari does not. Gives the function that
 * stops it.
 */
export function followSoftKeyboard(): () => void {
  const view = window.visualViewport;
  if (!view) return () => {};
  const { style } = document.documentElement;
  const fit = () => {
    const covered = view.scale > MAGNIFIED ? 0 : Math.max(Math.round(innerHeight - view.height), 0);
    style.setProperty('--keyboard', `${covered}px`);
    // It has moved the page up to show the field, which is in sight now.
    if (covered > 0) window.scrollTo(0, 0);
  };
  view.addEventListener('resize', fit);
  return () => {
    view.removeEventListener('resize', fit);
    style.removeProperty('--keyboard');
  };
}
