/** One event of a PutLogEvents call. */
export type Entry = { readonly timestamp: number; readonly message: string };

export type RejectedInfo = {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
};

/** Which events of a call are kept. `refused` is AWS's text. */
export type Verdict =
  | { readonly refused: string }
  | { readonly from: number; readonly to: number; readonly rejected: RejectedInfo | undefined };

/** Limits of a call (API reference, "PutLogEvents"). */
const maxBatchBytes = 1_048_576;
const eventOverhead = 26;
const day = 86_400_000;
const maxAhead = 2 * 3_600_000;
const maxBehind = 14 * day;

/**
 * Judges the events of a call.
 *
 * @param retentionDays of the log group; undefined where events never expire
 */
export function judgeBatch(entries: readonly Entry[], now: number, retentionDays: number | undefined): Verdict {
  let bytes = 0;
  let previous = 0;
  for (const { timestamp, message } of entries) {
    if (timestamp < previous)
      return { refused: 'Log events in a single PutLogEvents request must be in chronological order.' };
    previous = timestamp;
    bytes += Buffer.byteLength(message) + eventOverhead;
  }
  if (bytes > maxBatchBytes) return { refused: `Upload too large: ${bytes} bytes exceeds limit of ${maxBatchBytes}` };
  const expired = retentionDays === undefined ? 0 : countBefore(entries, now - retentionDays * day);
  const old = countBefore(entries, now - maxBehind);
  const to = countBefore(entries, now + maxAhead + 1);
  const from = Math.min(Math.max(expired, old), to);
  const [first, last] = [entries[from], entries[to - 1]];
  if (from < to && first !== undefined && last !== undefined && last.timestamp - first.timestamp > day)
    return { refused: 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.' };
  const rejected: RejectedInfo = {
    ...(to < entries.length ? { tooNewLogEventStartIndex: to } : {}),
    ...(old > 0 ? { tooOldLogEventEndIndex: old } : {}),
    ...(expired > old ? { expiredLogEventEndIndex: expired } : {}),
  };
  return { from, to, rejected: Object.keys(rejected).length === 0 ? undefined : rejected };
}

/** Events are in order of their times. */
function countBefore(entries: readonly Entry[], time: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.timestamp ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** When events of a group expire: those before this time are gone. */
export function expiryOf(now: number, retentionDays: number | undefined): number {
  return retentionDays === undefined ? 0 : now - retentionDays * day;
}
