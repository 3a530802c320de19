export type LockMode = 'GOVERNANCE' | 'COMPLIANCE';

/** The retention that new objects of a bucket get. */
export type Retention = {
  readonly mode: LockMode;
  readonly days?: number | undefined;
  readonly years?: number | undefined;
};

const dayMs = 86_400_000;

export function retainUntil({ days, years }: Retention, now: number): number {
  return now + (days ?? (years ?? 0) * 365) * dayMs;
}

type Locked = {
  readonly retention?: { readonly mode: LockMode; readonly until: number } | undefined;
  readonly legalHold?: boolean | undefined;
};

/**
 * Whether a version may be deleted.
 *
 * @returns `free`; `bypass`: by who may bypass governance and asks to; `never` while it is locked
 */
export function deletability({ retention, legalHold }: Locked, now: number): 'free' | 'bypass' | 'never' {
  if (legalHold === true) return 'never';
  if (retention === undefined || retention.until <= now) return 'free';
  return retention.mode === 'GOVERNANCE' ? 'bypass' : 'never';
}

/**
 * Whether a retention may take the place of another: longer always, shorter or weaker never under compliance, and under governance by who
 * may bypass it.
 */
export function changeability(
  current: Locked['retention'],
  next: Locked['retention'],
  now: number,
): 'free' | 'bypass' | 'never' {
  if (current === undefined || current.until <= now) return 'free';
  const longer = next !== undefined && next.until >= current.until;
  if (longer && (next.mode === current.mode || next.mode === 'COMPLIANCE')) return 'free';
  return current.mode === 'GOVERNANCE' ? 'bypass' : 'never';
}
