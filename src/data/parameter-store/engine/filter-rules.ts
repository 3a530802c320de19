import type { Filter } from './filters.ts';
import type { Refusal } from './refusal.ts';

export type FilterUse = 'describe' | 'by-path';

export type GivenFilter = {
  readonly Key: string;
  readonly Option?: string | undefined;
  readonly Values?: readonly string[] | undefined;
};

/** What a key takes; `shown` are the options that AWS's refusal names. */
type Rule = { readonly options: readonly string[]; readonly shown: string; readonly values?: readonly string[] };

const compared = { options: ['Equals', 'BeginsWith'], shown: '[BeginsWith, Equals].' };
const types = { ...compared, values: ['String', 'StringList', 'SecureString'] };
const tiers = { ...compared, values: ['Standard', 'Advanced', 'Intelligent-Tiering'] };

const rules: Readonly<Record<FilterUse, ReadonlyMap<string, Rule>>> = {
  describe: new Map<string, Rule>([
    ['Path', { options: ['OneLevel', 'Recursive'], shown: '[Recursive, OneLevel]' }],
    ['Name', { options: ['Equals', 'BeginsWith', 'Contains'], shown: compared.shown }],
    ['Type', types],
    ['KeyId', compared],
    ['Tier', tiers],
    ['DataType', compared],
  ]),
  'by-path': new Map<string, Rule>([
    ['Type', types],
    ['KeyId', compared],
    ['Label', { options: ['Equals'], shown: '[Equals].' }],
  ]),
};

/** Keys that AWS's refusal names; DataType, tags and Label came later. */
const keysShown = { describe: '[Path, Name, Type, KeyId, Tier]', 'by-path': '[Type, KeyId].' } as const;

/** Checks one filter; its option is filled in. */
export function parseFilter(
  { Key: key, Option: given, Values: values = [] }: GivenFilter,
  use: FilterUse,
): { readonly filter: Filter } | { readonly refusal: Refusal } {
  const tag = use === 'describe' && key.startsWith('tag:');
  const rule = tag ? compared : rules[use].get(key);
  if (rule === undefined) {
    return refused(
      'InvalidFilterKey',
      `The following filter key is not valid: ${key}. Valid filter keys include: ${keysShown[use]}`,
    );
  }
  // A tag without values is a question for the tag itself.
  if (values.length === 0 && !tag) {
    return refused('InvalidFilterValue', `The following filter values are missing : null for filter key ${key}`);
  }
  const option = given ?? rule.options[0] ?? 'Equals';
  if (!rule.options.includes(option)) {
    return refused(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: ${rule.shown}`,
    );
  }
  const refusal = key === 'Path' ? refusePathFilter(values) : refuseValues(values, option, rule);
  return refusal === undefined ? { filter: { key, option, values } } : { refusal };
}

function refuseValues(values: readonly string[], option: string, rule: Rule): Refusal | undefined {
  if (rule.values === undefined || option !== 'Equals') return undefined;
  const { values: valid } = rule;
  const unknown = values.find((value) => !valid.includes(value));
  if (unknown === undefined) return undefined;
  const message = `The following filter value is not valid: ${unknown}. Valid values include: [${valid.join(', ')}]`;
  return { code: 'InvalidFilterValue', message };
}

function refusePathFilter(paths: readonly string[]): Refusal | undefined {
  if (paths.some((path) => /^\/(aws|ssm)/i.test(path))) {
    const message = 'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).';
    return { code: 'ValidationException', message };
  }
  return paths.map(refusePath).find((refusal) => refusal !== undefined);
}

/** Why a text is not a path of the hierarchy: `/`, `/a`, `/a/b/`. */
export function refusePath(path: string): Refusal | undefined {
  if (/^\/$|^(\/[A-Za-z0-9_.-]+)+\/?$/.test(path)) return undefined;
  return {
    code: 'ValidationException',
    message:
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  };
}

function refused(code: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message } };
}
