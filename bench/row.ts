/** One line of the benchmark's table: a figure against its floor (must) and its goal (want). */
export type Row = {
  readonly name: string;
  /** Median of `runs` where there are several. Undefined when the row could not be measured. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly floor?: number | undefined;
  readonly goal?: number | undefined;
  /** Default `more`. */
  readonly better?: 'more' | 'less' | undefined;
  readonly runs?: readonly number[] | undefined;
  /** Why it could not be measured. */
  readonly failure?: string | undefined;
};

export type Verdict = 'goal' | 'floor' | 'below' | 'failed' | 'shown';

/** Where a figure stands; `shown` for one without floor and goal. */
export function verdictOf({ value, floor, goal, better = 'more' }: Row): Verdict {
  if (value === undefined) return 'failed';
  const reaches = (mark: number) => (better === 'more' ? value >= mark : value <= mark);
  if (floor === undefined && goal === undefined) return 'shown';
  if (goal !== undefined && reaches(goal)) return 'goal';
  return floor !== undefined && reaches(floor) ? 'floor' : 'below';
}

/** Middle value; of an even count the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Nearest-rank percentile of values in ascending order. @param share 0 < share ≤ 1 */
export function percentile(ascending: ArrayLike<number>, share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? Number.NaN;
}

/** Runs a measurement; one that fails is a row that says so, not the end of the others. */
export async function rowOrFailure(row: Omit<Row, 'value'>, measure: () => Promise<Partial<Row>>): Promise<Row> {
  try {
    return { ...row, value: undefined, ...(await measure()) };
  } catch (error) {
    return { ...row, value: undefined, failure: error instanceof Error ? error.message : String(error) };
  }
}
