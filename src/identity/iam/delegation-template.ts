import type { PolicyParameter } from './records-delegation.ts';

/**
 * Fills the parameters into a policy: `@{name}` in its strings. A string that is nothing but a parameter of type `stringList` becomes
 * the list. Values are put into the parsed document, so that they cannot change its structure.
 *
 * @returns the policy's text, or what is wrong
 * @example filled('{"Resource":"arn:aws:s3:::@{bucket}/*"}', [{ Name: 'bucket', Values: ['b'], Type: 'string' }])
 */
export function filled(
  document: string,
  parameters: readonly PolicyParameter[],
): { readonly text: string } | { readonly wrong: string } {
  const values = new Map<string, PolicyParameter>();
  for (const parameter of parameters) {
    const { Name = '', Values = [], Type = 'string' } = parameter;
    if (values.has(Name)) return { wrong: `parameter ${Name} is given twice` };
    if (Values.length === 0 || (Type === 'string' && Values.length !== 1)) {
      return { wrong: `parameter ${Name} of type ${Type} has ${Values.length} values` };
    }
    values.set(Name, parameter);
  }
  const used = new Set<string>();
  const missing = new Set<string>();
  const single = (text: string) =>
    text.replace(/@\{([^{}]*)\}/g, (whole, name: string) => {
      const parameter = values.get(name);
      if (parameter === undefined || parameter.Type === 'stringList') {
        missing.add(name);
        return whole;
      }
      used.add(name);
      return parameter.Values?.[0] ?? '';
    });
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const list = listOf(value, values);
      if (list === undefined) return single(value);
      used.add(list.Name ?? '');
      return list.Values;
    }
    // Lists in lists would be no policy: what is filled in stands beside its neighbours.
    if (Array.isArray(value)) return value.flatMap((entry) => fill(entry) as unknown);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry)]));
  };
  const text = JSON.stringify(fill(JSON.parse(document)));
  if (missing.size > 0) return { wrong: `the template asks for ${[...missing].join(', ')}` };
  const unknown = [...values.keys()].filter((name) => !used.has(name));
  return unknown.length > 0 ? { wrong: `the template has no parameter ${unknown.join(', ')}` } : { text };
}

function listOf(text: string, values: ReadonlyMap<string, PolicyParameter>): PolicyParameter | undefined {
  const parameter = values.get(/^@\{([^{}]*)\}$/.exec(text)?.[1] ?? '');
  return parameter?.Type === 'stringList' ? parameter : undefined;
}
