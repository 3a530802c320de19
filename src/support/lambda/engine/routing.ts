/**
 * The version that an alias sends a call to.
 *
 * @param weights share of each further version, from 0 to 1
 * @param lot a number from 0 to 1, drawn for the call
 *
 * @example routed('1', { '2': 0.1 }, 0.05) // '2'
 */
export function routed(version: string, weights: Readonly<Record<string, number>>, lot: number): string {
  let sum = 0;
  for (const [other, weight] of Object.entries(weights)) {
    sum += weight;
    if (lot < sum) return other;
  }
  return version;
}
