const LEAST = 24;

/** Ends the process, with one line, where this Node cannot run TypeScript as it is. */
export function requireNode() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major !== undefined && major >= LEAST) return;
  console.error(
    `Node ${process.versions.node} is too old, Parley runs on ${LEAST}: on Linux run npm ci, which ` +
      'brings it along, and start with npm start; elsewhere install it from nodejs.org.',
  );
  process.exit(1);
}
