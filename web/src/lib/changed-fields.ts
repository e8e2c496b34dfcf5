/** Of what was filled in, what is another than it was shown: all that a form has to save, since others may have changed the rest meanwhile. */
export function changedFields<Values extends object>(
  shown: Values,
  filledIn: Values,
): Partial<Values> {
  const keys = Object.keys(filledIn) as (keyof Values)[];
  return Object.fromEntries(
    keys.filter((key) => filledIn[key] !== shown[key]).map((key) => [key, filledIn[key]]),
  ) as Partial<Values>;
}
