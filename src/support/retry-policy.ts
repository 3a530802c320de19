/** Attempts are this far apart: 1, 2, 4 … seconds up to eight minutes, about 185 a day; each up to half as long again, so that they spread. */
const firstRetryMs = 1_000;
const longestRetryMs = 8 * 60_000;

/** How long a target is tried (model, "RetryPolicy"); the defaults are AWS's: 185 times, a day. */
export type RetryPolicy = {
  readonly MaximumRetryAttempts?: number | undefined;
  readonly MaximumEventAgeInSeconds?: number | undefined;
};

/** When to try again, ms; or which of the limits is reached. */
export type Next =
  | { readonly at: number }
  | { readonly exhausted: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' };

/**
 * @param retries made so far
 * @param since when the event came in, ms
 * @param chance between 0 and 1
 */
export function nextAttempt(
  { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 }: RetryPolicy,
  retries: number,
  since: number,
  now: number,
  chance: number,
): Next {
  if (retries >= MaximumRetryAttempts) return { exhausted: 'MaximumRetryAttempts' };
  const base = Math.min(firstRetryMs * 2 ** Math.min(retries, 20), longestRetryMs);
  const at = now + Math.round(base * (1 + chance / 2));
  return at > since + MaximumEventAgeInSeconds * 1_000 ? { exhausted: 'MaximumEventAgeInSeconds' } : { at };
}
