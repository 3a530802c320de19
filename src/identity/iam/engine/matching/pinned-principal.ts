/**
 * A user or role as a stored policy names it: the ARN that was written and the unique id that it had then. Only the id counts, so that
 * one made anew under the name is not the one that was meant, and one that was renamed still is (IAM user guide, "AWS JSON policy
 * elements: Principal").
 */
export type PinnedPrincipal = { readonly arn: string; readonly id: string };

/** @example pinned({ arn: 'arn:aws:iam::1:user/a', id: 'AIDA…' }) // 'arn:aws:iam::1:user/a#AIDA…' */
export function pinned({ arn, id }: PinnedPrincipal): string {
  return `${arn}#${id}`;
}

/** What `pinned` wrote; undefined for every other principal. Names have no `#`, so that it cannot be part of an ARN's end. */
export function readPinned(entry: string): PinnedPrincipal | undefined {
  const match = /^(arn:.+)#(A(?:IDA|ROA)[A-Z2-7]{17})$/.exec(entry);
  const [, arn, id] = match ?? [];
  return arn === undefined || id === undefined ? undefined : { arn, id };
}
