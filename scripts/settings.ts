import { readConfig } from '../api/config.ts';

/** The environment variables that a server reads. */
export function settingNames(): string[] {
  const names = new Set<string>();
  readConfig(new Proxy({}, { get: (_, name) => (names.add(String(name)), undefined) }));
  return [...names].sort();
}
