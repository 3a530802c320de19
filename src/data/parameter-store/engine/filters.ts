import { type FilterUse, type GivenFilter, parseFilter } from './filter-rules.ts';
import type { Refusal } from './refusal.ts';

/** A filter of DescribeParameters or GetParametersByPath, checked. */
export type Filter = { readonly key: string; readonly option: string; readonly values: readonly string[] };

/** What filters look at. */
export type Filterable = {
  readonly name: string;
  readonly type: string;
  readonly keyId: string | undefined;
  readonly tier: string;
  readonly dataType: string;
  readonly labels: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
};

/** Checks the filters of a request: keys for the operation, options and values for the key, each key once. */
export function parseFilters(
  given: readonly GivenFilter[],
  use: FilterUse,
): { readonly filters: readonly Filter[] } | { readonly refusal: Refusal } {
  const filters: Filter[] = [];
  for (const entry of given) {
    const parsed = parseFilter(entry, use);
    if ('refusal' in parsed) return parsed;
    if (filters.some(({ key }) => key === entry.Key)) {
      const message = `The following filter is duplicated in the request: ${entry.Key}. A request can contain only one occurrence of a specific filter.`;
      return { refusal: { code: 'InvalidFilterKey', message } };
    }
    filters.push(parsed.filter);
  }
  return { filters };
}

/** True when a parameter passes every filter: values of one filter are alternatives. */
export function passes(parameter: Filterable, filters: readonly Filter[]): boolean {
  return filters.every((filter) => {
    const { key, option, values } = filter;
    if (key === 'Label') return values.some((label) => parameter.labels.includes(label));
    if (key === 'Path') return values.some((path) => isBelow(parameter.name, path, option === 'Recursive'));
    if (key === 'Name') return values.some((value) => namePasses(parameter.name, value, option));
    const actual = actualValue(parameter, key);
    if (actual === undefined) return false;
    return values.length === 0 || values.some((value) => compare(actual, value, option));
  });
}

/** True for names below a path: one level, or any depth. Bare names stand below the root. */
export function isBelow(name: string, path: string, recursive: boolean): boolean {
  const base = path.endsWith('/') ? path : `${path}/`;
  const full = rooted(name);
  return full.startsWith(base) && full.length > base.length && (recursive || !full.includes('/', base.length));
}

/** A name filter finds a root parameter with and without its slash: `x` and `/x` are one name. */
function namePasses(name: string, value: string, option: string): boolean {
  return compare(rooted(name), option === 'Contains' ? value : rooted(value), option);
}

function rooted(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

function actualValue(parameter: Filterable, key: string): string | undefined {
  if (key === 'Type') return parameter.type;
  if (key === 'KeyId') return parameter.keyId;
  if (key === 'Tier') return parameter.tier;
  if (key === 'DataType') return parameter.dataType;
  const tag = key.slice('tag:'.length);
  return Object.hasOwn(parameter.tags, tag) ? parameter.tags[tag] : undefined;
}

function compare(actual: string, value: string, option: string): boolean {
  if (option === 'Contains') return actual.includes(value);
  return option === 'BeginsWith' ? actual.startsWith(value) : actual === value;
}
