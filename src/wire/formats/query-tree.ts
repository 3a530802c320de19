import { Malformed, maxDepth, tooDeep } from './malformed.ts';

/** `Tags.member.1.Key=a` as a tree: each dot is a step. */
export type QueryNode = { value: string | undefined; readonly children: Map<string, QueryNode> };

/**
 * Most parameters of one call, 20,000: the largest calls (EC2 with 1,000 instances and tags each, CloudFormation with 200
 * parameters) stay well below, and the tree's memory stays bounded.
 */
const maxParameters = 20_000;

/** Form text → pairs, percent-decoded. @throws Malformed on bad escapes, bytes that are not UTF-8, too many parameters */
export function formPairs(text: string): [string, string][] {
  if (text === '') return [];
  const parts = text.split('&', maxParameters + 1);
  if (parts.length > maxParameters) throw new Malformed(`More than ${maxParameters} parameters`);
  const pairs: [string, string][] = [];
  for (const part of parts) {
    if (part === '') continue;
    const eq = part.indexOf('=');
    pairs.push(eq < 0 ? [unescapeForm(part), ''] : [unescapeForm(part.slice(0, eq)), unescapeForm(part.slice(eq + 1))]);
  }
  return pairs;
}

/** One parameter of form text, without decoding the rest; undefined when absent or undecodable. */
export function formParameter(text: string, name: string): string | undefined {
  let from = 0;
  for (;;) {
    const at = text.indexOf(`${name}=`, from);
    if (at < 0) return undefined;
    if (at === 0 || text.charCodeAt(at - 1) === 38) {
      const end = text.indexOf('&', at);
      try {
        return unescapeForm(text.slice(at + name.length + 1, end < 0 ? undefined : end));
      } catch {
        return undefined;
      }
    }
    from = at + 1;
  }
}

/** Pairs → tree. Of repeated parameters the last counts. @throws Malformed when a name has more than 64 steps */
export function queryTree(pairs: readonly (readonly [string, string])[]): QueryNode {
  const root: QueryNode = { value: undefined, children: new Map() };
  for (const [name, value] of pairs) {
    const steps = name.split('.', maxDepth + 1);
    if (steps.length > maxDepth) throw tooDeep();
    let node = root;
    for (const step of steps) {
      let next = node.children.get(step);
      if (next === undefined) {
        next = { value: undefined, children: new Map() };
        node.children.set(step, next);
      }
      node = next;
    }
    node.value = value;
  }
  return root;
}

/** `+` and percent escapes of form encoding. @throws Malformed */
export function unescapeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new Malformed('Invalid percent-encoding in parameter');
  }
}
