import type { PatternList } from '../document/policy.ts';
import { type Glob, globOf, isEverything, matchesGlob, tokensOf } from './glob.ts';

/** `Action` or `NotAction`, ready: case-insensitive, wildcards on both sides of the colon. Variables have no meaning here. */
export type ActionMatcher = (action: string) => boolean;

/** @returns a matcher of lower-case actions */
export function actionMatcherOf(list: PatternList): ActionMatcher {
  const exact = new Set<string>();
  const globs: Glob[] = [];
  let everything = false;
  for (const pattern of list.patterns) {
    const text = pattern.toLowerCase();
    const glob = globOf(tokensOf(text));
    if (isEverything(glob)) everything = true;
    else if (text.includes('*') || text.includes('?')) globs.push(glob);
    else exact.add(text);
  }
  const { negated } = list;
  return (action) => (everything || exact.has(action) || globs.some((glob) => matchesGlob(glob, action))) !== negated;
}

/** An action's parts, lower-case. */
export type ActionName = { readonly service: string; readonly operation: string };

/** Actions repeat from request to request; the limit keeps odd callers from filling memory. */
const MAX_REMEMBERED = 4096;
const names = new Map<string, ActionName>();

/** @example actionNameOf('KMS:Decrypt') // { service: 'kms', operation: 'decrypt' } */
export function actionNameOf(action: string): ActionName {
  let name = names.get(action);
  if (name === undefined) {
    const lower = action.toLowerCase();
    const colon = lower.indexOf(':');
    name = { service: lower.slice(0, Math.max(colon, 0)), operation: lower.slice(colon + 1) };
    if (names.size >= MAX_REMEMBERED) names.clear();
    names.set(action, name);
  }
  return name;
}
