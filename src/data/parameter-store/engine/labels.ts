/** A version carries at most this many labels. */
export const maxLabelsPerVersion = 10;

/** Label → version. A label stands on one version only. */
export type Labels = Readonly<Record<string, number>>;

/** Letters, digits, `.`, `-`, `_`; not beginning with a digit, `aws` or `ssm`; at most 100 characters. */
export function isLabel(text: string): boolean {
  return /^[A-Za-z_.-][A-Za-z0-9_.-]{0,99}$/.test(text) && !/^(aws|ssm)/i.test(text);
}

/** Version that a label stands on. Labels may be called `constructor`. */
export function versionOf(labels: Labels, label: string): number | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

/** Labels of one version, in the order of attachment. */
export function labelsOf(labels: Labels, version: number): readonly string[] {
  return Object.keys(labels).filter((label) => versionOf(labels, label) === version);
}

/** Moves or attaches labels to a version; undefined when it would carry more than it may. */
export function attach(labels: Labels, version: number, added: readonly string[]): Labels | undefined {
  const others = Object.entries(labels).filter(([label, at]) => at === version || !added.includes(label));
  const next = Object.fromEntries([...others, ...added.map((label) => [label, version] as const)]);
  return labelsOf(next, version).length > maxLabelsPerVersion ? undefined : next;
}

/** Takes labels off a version; those that it does not carry are reported. */
export function detach(
  labels: Labels,
  version: number,
  dropped: readonly string[],
): { readonly labels: Labels; readonly removed: readonly string[]; readonly invalid: readonly string[] } {
  const names = [...new Set(dropped)];
  const removed = names.filter((label) => versionOf(labels, label) === version);
  const next = Object.fromEntries(Object.entries(labels).filter(([label]) => !removed.includes(label)));
  return { labels: next, removed, invalid: names.filter((label) => !removed.includes(label)) };
}
