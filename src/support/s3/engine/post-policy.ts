/** What a form's policy allows (S3 API reference, "POST policy"). */
export type PostPolicy = {
  readonly expiration: number;
  readonly conditions: readonly Condition[];
  readonly minSize: number | undefined;
  readonly maxSize: number | undefined;
};

type Condition = {
  readonly kind: 'eq' | 'starts-with';
  readonly field: string;
  readonly value: string;
  readonly text: string;
};

export type PolicyFault = { readonly code: 'InvalidPolicyDocument' | 'AccessDenied'; readonly message: string };

const fault = (message: string): PolicyFault => ({
  code: 'InvalidPolicyDocument',
  message: `Invalid Policy: ${message}`,
});

/** Reads the decoded text of a policy. */
export function parsePostPolicy(text: string): PostPolicy | PolicyFault {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return fault('Invalid JSON.');
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return fault('Invalid JSON.');
  const { expiration, conditions } = document as { readonly expiration?: unknown; readonly conditions?: unknown };
  if (typeof expiration !== 'string') return fault('Policy missing expiration.');
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(expiration) ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(at)) return fault(`Invalid 'expiration' value: '${expiration}'`);
  if (!Array.isArray(conditions)) return fault('Policy missing conditions.');
  const read: Condition[] = [];
  let [minSize, maxSize]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const condition of conditions as readonly unknown[]) {
    if (Array.isArray(condition)) {
      const [kind, first, second] = condition as readonly unknown[];
      const word = String(kind).toLowerCase();
      if (word === 'content-length-range') {
        [minSize, maxSize] = [Number(first), Number(second)];
        if (!Number.isInteger(minSize) || !Number.isInteger(maxSize))
          return {
            code: 'AccessDenied',
            message: `Invalid according to Policy: Policy Condition failed: ${shown(condition)}`,
          };
        continue;
      }
      if ((word !== 'eq' && word !== 'starts-with') || typeof first !== 'string' || typeof second !== 'string')
        return fault('Invalid Condition');
      read.push({ kind: word, field: fieldOf(first), value: second, text: shown([word, first, second]) });
    } else if (typeof condition === 'object' && condition !== null) {
      const entries = Object.entries(condition);
      const [only] = entries;
      if (entries.length !== 1 || only === undefined)
        return fault('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.');
      const [field, value] = only;
      if (typeof value !== 'string') return fault('Invalid Simple-Condition: value must be a string.');
      read.push({ kind: 'eq', field: field.toLowerCase(), value, text: shown(['eq', `$${field}`, value]) });
    } else return fault('Invalid Condition');
  }
  return { expiration: at, conditions: read, minSize, maxSize };
}

/** A name without its `$` never matches a field. */
function fieldOf(name: string): string {
  return name.startsWith('$') ? name.slice(1).toLowerCase() : `\u0000${name}`;
}

function shown(condition: readonly unknown[]): string {
  return `[${condition.map((each) => JSON.stringify(typeof each === 'number' ? String(each) : each)).join(', ')}]`;
}

const exempt = new Set(['x-amz-signature', 'signature', 'awsaccesskeyid', 'file', 'policy', 'bucket']);

/**
 * Whether a form keeps to its policy: each condition holds, and no field goes without one.
 *
 * @param fields by lower-case names; `bucket` and `key` as they are meant
 * @returns the refusal's text
 */
export function policyRefusal(
  policy: PostPolicy,
  fields: Readonly<Record<string, string>>,
  now: number,
): string | undefined {
  if (policy.expiration <= now) return 'Invalid according to Policy: Policy expired.';
  for (const { kind, field, value, text } of policy.conditions) {
    const given = fields[field] ?? '';
    const holds = kind === 'eq' ? given === value && Object.hasOwn(fields, field) : startsWith(field, given, value);
    if (!holds) return `Invalid according to Policy: Policy Condition failed: ${text}`;
  }
  const covered = new Set(policy.conditions.map(({ field }) => field));
  const extra = Object.keys(fields).find(
    (name) => !covered.has(name) && !exempt.has(name) && !name.startsWith('x-ignore-'),
  );
  return extra === undefined ? undefined : `Invalid according to Policy: Extra input fields: ${extra}`;
}

/** A content type may be a list, each of which has to begin so. */
function startsWith(field: string, given: string, value: string): boolean {
  if (field !== 'content-type') return given.startsWith(value);
  return given.split(',').every((each) => each.startsWith(value));
}
