import type { Refusal } from './refusal.ts';

/** Deepest hierarchy: `/1/2/…/15`. */
const maxLevels = 15;
/** Longest name, the ARN's part before it included (Systems Manager user guide, "requirements and constraints for parameter names"). */
const maxArnCharacters = 1_011;

const wellFormed = /^(\/[A-Za-z0-9_.-]+)+$|^[A-Za-z0-9_.-]+$/;

const pathRule =
  'If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

/**
 * Why a parameter may not be created under this name; undefined when it may. Texts are AWS's where they are known.
 *
 * @param arn the ARN it would have: its length is limited, not the name's
 */
export function refuseName(name: string, arn: string): Refusal | undefined {
  if (name.includes('/') && !name.startsWith('/')) {
    return { code: 'ValidationException', message: 'Parameter name must be a fully qualified name.' };
  }
  const malformed = refuseMalformed(name);
  if (malformed !== undefined) return malformed;
  const levels = name.split('/').slice(name.startsWith('/') ? 1 : 0);
  if (/^(aws|ssm)/i.test(levels[0] ?? '')) return refusePrefix(name, levels.length > 1);
  if (levels.length > maxLevels) {
    return {
      code: 'HierarchyLevelLimitExceededException',
      message: `the hierarchy of \`${name}\` is deeper than ${maxLevels} levels`,
    };
  }
  if (arn.length > maxArnCharacters) {
    return {
      code: 'ValidationException',
      message: `parameter name: expected an ARN of at most ${maxArnCharacters} characters, found ${arn.length}`,
    };
  }
  return undefined;
}

/** Why no parameter can have this name. AWS names the `ssm` prefix whatever is wrong with it. */
export function refuseMalformed(name: string): Refusal | undefined {
  if (wellFormed.test(name)) return undefined;
  const message = `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${pathRule}`;
  return { code: 'ValidationException', message };
}

function refusePrefix(name: string, isPath: boolean): Refusal {
  if (!isPath) {
    const message = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).';
    return { code: 'ValidationException', message };
  }
  if (/^\/aws/i.test(name)) {
    return { code: 'AccessDeniedException', message: `No access to reserved parameter name: ${name}.` };
  }
  const message = `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${pathRule}`;
  return { code: 'ValidationException', message };
}

/** ARN of a parameter: the slash of a bare name is added, that of a path is shared. */
export function parameterArn(account: string, region: string, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
}

/** The other name with the same ARN: `/x` for `x`, `x` for `/x`; undefined for hierarchies. Only one of the two can exist. */
export function twinOf(name: string): string | undefined {
  if (!name.startsWith('/')) return `/${name}`;
  return name.lastIndexOf('/') === 0 ? name.slice(1) : undefined;
}

/** What a client names: a parameter of the caller, or by ARN one of any account; with its selector, `:3` or `:label`. */
export type ParameterReference = {
  /** Undefined: the caller's account. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly name: string;
  /** With its colon, as answers carry it. */
  readonly selector: string | undefined;
};

/**
 * Takes a name, an ARN, or either with a selector apart. Outer spaces are dropped, as AWS does. An ARN does not tell `x` from
 * `/x`: the name is then `x`, and look-ups try its twin too.
 *
 * @example parseReference('/app/db:3') // name `/app/db`, selector `:3`
 */
export function parseReference(text: string): ParameterReference {
  const trimmed = text.trim();
  const match = /^arn:aws:ssm:([a-z0-9-]+):(\d{12}):parameter(\/[^:]*)(:.*)?$/.exec(trimmed);
  if (match !== null) {
    const [, region, account, path = '', selector] = match;
    return { account, region, name: path.lastIndexOf('/') === 0 ? path.slice(1) : path, selector };
  }
  const colon = trimmed.indexOf(':');
  if (colon === -1) return { account: undefined, region: undefined, name: trimmed, selector: undefined };
  return { account: undefined, region: undefined, name: trimmed.slice(0, colon), selector: trimmed.slice(colon) };
}

/** Why a text is no plain name, for the operations that take neither ARN nor selector. */
export function refuseQualified({ account, selector }: ParameterReference): Refusal | undefined {
  if (account === undefined && selector === undefined) return undefined;
  return { code: 'ValidationException', message: 'parameter name: expected a name without ARN, version or label' };
}
