import type { Policy } from './document/policy.ts';
import { templateOf } from './matching/template.ts';

/**
 * The context keys that policies refer to, in conditions and in variables, as GetContextKeysForCustomPolicy lists them.
 *
 * @returns each key once, in order of appearance, spelled as it first came (case does not tell keys apart)
 */
export function contextKeysOf(policies: readonly Policy[]): readonly string[] {
  const keys = new Map<string, string>();
  const add = (name: string) => {
    if (!keys.has(name.toLowerCase())) keys.set(name.toLowerCase(), name);
  };
  for (const { version, statements } of policies) {
    const variables = version === '2012-10-17';
    for (const { resources, conditions } of statements) {
      const texts = [...(resources?.patterns ?? [])];
      for (const { key, values } of conditions) {
        add(key);
        texts.push(...values);
      }
      for (const name of texts.flatMap((text) => variableNames(text, variables))) add(name);
    }
  }
  return [...keys.values()];
}

function variableNames(text: string, variables: boolean): readonly string[] {
  return templateOf(text, { wildcards: false, variables }).tokens.flatMap((token) =>
    typeof token === 'object' ? [token.name] : [],
  );
}
