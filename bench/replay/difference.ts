/** One thing that was played, or that the server tells. */
export interface Said {
  kind: 'join' | 'leave' | 'message';
  username: string;
  /** The body of a message. */
  text: string;
  /** Where it stands in the transcript, if it is from there. */
  lineNumber?: number;
}

/** In words, the first place where the two lists differ; null where they are equal. */
export function firstDifference(played: Said[], found: Said[]): string | null {
  const index = played.findIndex((said, position) => !isSame(said, found[position]));
  if (index === -1 && found.length === played.length) return null;
  const place = index === -1 ? played.length : index;
  return (
    `${played.length} were played and ${found.length} are there; number ${place + 1} was ` +
    `${describe(played[place])} and is ${describe(found[place])}`
  );
}

function isSame(played: Said, found: Said | undefined): boolean {
  return (
    found?.kind === played.kind &&
    found.text === played.text &&
    // The case of a username is its owner's, and makes no difference.
    found.username.toLowerCase() === played.username.toLowerCase()
  );
}

function describe(said: Said | undefined): string {
  if (!said) return 'nothing';
  const { kind, username, text, lineNumber } = said;
  const place = lineNumber === undefined ? '' : ` (line ${lineNumber})`;
  const excerpt = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return kind === 'message'
    ? `${username}: ${JSON.stringify(excerpt)}${place}`
    : `a ${kind} of ${username}${place}`;
}

/** `1 leave`, `5,000 messages`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
