/** The API's rule, as `RegisterInput.username` describes it. */
const MAX_LENGTH = 32;

/**
 * A username for each nick: the nick itself where it is one, else what is left of it, with a number
 * where another nick has that already. It depends only on the nicks that came before, so that a
 * longer part of the same transcript gives the same names.
 * @param nicks in the order in which they first appear
 * @param taken usernames that none may get
 */
export function assignUsernames(nicks: Iterable<string>, taken: string[]): Map<string, string> {
  const usernames = new Map<string, string>();
  // Usernames that differ only by case are the same account.
  const keys = new Set(taken.map((username) => username.toLowerCase()));
  for (const nick of nicks) {
    if (usernames.has(nick)) continue;
    const plain = toUsername(nick);
    let username = plain;
    for (let count = 2; keys.has(username.toLowerCase()); count++) {
      const suffix = `-${count}`;
      username = `${plain.slice(0, MAX_LENGTH - suffix.length)}${suffix}`;
    }
    keys.add(username.toLowerCase());
    usernames.set(nick, username);
  }
  return usernames;
}

function toUsername(nick: string): string {
  return (
    nick
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[^a-z0-9._-]+/gi, '_')
      .replace(/^[._-]+/, '')
      .slice(0, MAX_LENGTH)
      .replace(/\.+$/, '') || 'nick'
  );
}
