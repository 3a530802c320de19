/** A V8 CPU profile (`--cpu-prof`): a tree of calls, and which node was on top at each sample. */
export type CpuProfile = {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the monotonic clock, that of `process.hrtime`. */
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
};

type ProfileNode = {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
};

/** Time of one function, milliseconds. */
export type FunctionTime = {
  readonly where: string;
  /** On top of the stack. */
  readonly self: number;
  /** On top, or the last of our functions below the runtime's: what changing this function could save. */
  readonly charged: number;
  /** Anywhere on the stack. */
  readonly total: number;
};

/** Part of a profile, microseconds of the monotonic clock. */
export type Window = { readonly from: number; readonly to: number };

export const wholeProfile: Window = { from: 0, to: Number.POSITIVE_INFINITY };

/** Nodes that are no work. */
const noWork = ['(root)', '(idle)'];

/**
 * Sums a profile up by function. Recursion counts once in `total`.
 *
 * @param root folder of our own code; names leave its path out
 */
export function functionTimes(profile: CpuProfile, root: string, window = wholeProfile): readonly FunctionTime[] {
  const self = new Map<number, number>();
  let time = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    time += delta;
    if (time >= window.from && time <= window.to) self.set(id, (self.get(id) ?? 0) + delta / 1000);
  }
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const sums = new Map<string, { self: number; charged: number; total: number }>();
  const sumOf = (where: string) => {
    const known = sums.get(where) ?? { self: 0, charged: 0, total: 0 };
    sums.set(where, known);
    return known;
  };
  const onStack = new Set<string>();
  const walk = (node: ProfileNode, payer: string | undefined): number => {
    const where = nameOf(node, root);
    const charged = isOurs(node, root) ? where : (payer ?? where);
    const recursion = onStack.has(where);
    onStack.add(where);
    const own = self.get(node.id) ?? 0;
    let total = own;
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) total += walk(child, charged === where && !isOurs(node, root) ? undefined : charged);
    }
    sumOf(where).self += own;
    sumOf(charged).charged += own;
    if (!recursion) {
      onStack.delete(where);
      sumOf(where).total += total;
    }
    return total;
  };
  const top = profile.nodes[0];
  if (top !== undefined) walk(top, undefined);
  for (const name of noWork) sums.delete(name);
  return [...sums].map(([where, times]) => ({ where, ...times }));
}

function isOurs({ callFrame: { url } }: ProfileNode, root: string): boolean {
  return url.startsWith(`file://${root}/`) && !url.includes('/node_modules/');
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode, root: string): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const path = url.replace(/^file:\/\//, '').replace(`${root}/`, '');
  return `${name} ${path}:${lineNumber + 1}`;
}
