/** The first that matches names it; order matters, since browsers claim to be each other. */
const PROGRAMS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome'],
  [/\b(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** A browser's name and system in words; of anything else, what it calls itself. */
export function nameOfUserAgent(userAgent: string | null): string {
  if (!userAgent) return 'Unknown program';
  const program = PROGRAMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (!program) return userAgent.split(/[\s/]/)[0] || 'Unknown program';
  return system ? `${program} on ${system}` : program;
}

/** Whether it is one that is carried in a pocket. */
export function isHandheld(userAgent: string | null): boolean {
  return /\b(?:Mobile|iPhone|iPad|Android)\b/.test(userAgent ?? '');
}
