/** Longest age of an asynchronous event, and the default (API reference, "PutFunctionEventInvokeConfig"). */
export const longestAgeMs = 6 * 3_600_000;
const defaultRetries = 2;
/** Waits before the first and the second retry (Lambda user guide, "Error handling for asynchronous invocation"). */
const waitsMs = [60_000, 120_000];

/**
 * What comes after a failed execution.
 *
 * @param executions so far, this one included
 * @param ageMs of the event now
 */
export function afterFailure(
  executions: number,
  ageMs: number,
  maximumRetries: number | undefined,
  maximumAgeMs: number,
): { readonly retryInMs: number } | { readonly condition: 'RetriesExhausted' | 'EventAgeExceeded' } {
  if (executions > (maximumRetries ?? defaultRetries)) return { condition: 'RetriesExhausted' };
  const retryInMs = waitsMs[executions - 1] ?? 120_000;
  // An event that would be too old by then ends now (recordings, "test_maxeventage").
  return ageMs + retryInMs > maximumAgeMs ? { condition: 'EventAgeExceeded' } : { retryInMs };
}
