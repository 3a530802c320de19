import type { Refusal } from './refusal.ts';
import { parseTimestamp } from './timestamp.ts';

/** A parameter policy as stored: its own JSON text, and when it acts. */
export type ParameterPolicy = {
  readonly type: 'Expiration' | 'ExpirationNotification' | 'NoChangeNotification';
  readonly text: string;
  /** Expiration: ms since the epoch. Notifications: ms before the expiration, or after the last change. */
  readonly at: number;
  readonly status: 'Pending' | 'Finished' | 'Failed';
};

export const maxPolicies = 10;

const units: ReadonlyMap<unknown, number> = new Map([
  ['Days', 86_400_000],
  ['Hours', 3_600_000],
]);

type Parsed<T> = T | { readonly refusal: Refusal };

/**
 * Reads the JSON array of `PutParameter`'s `Policies`; `[{}]` and `[]` mean none.
 *
 * @param now ms since the epoch: an expiration lies after it
 */
export function parsePolicies(text: string, now: number): Parsed<{ readonly policies: readonly ParameterPolicy[] }> {
  const entries = parseArray(text);
  if (entries === undefined) return refused('ValidationException', `Invalid policies input: ${text}.`);
  if (entries.length > maxPolicies) {
    return refused(
      'PoliciesLimitExceededException',
      `expected at most ${maxPolicies} policies, found ${entries.length}`,
    );
  }
  const policies: ParameterPolicy[] = [];
  for (const entry of entries) {
    if (isEmpty(entry)) continue;
    const policy = parsePolicy(entry, now);
    if ('refusal' in policy) return policy;
    policies.push(policy);
  }
  const expirations = policies.filter(({ type }) => type === 'Expiration').length;
  if (expirations > 1) return refused('IncompatiblePolicyException', 'expected at most one Expiration policy');
  if (expirations === 0 && policies.some(({ type }) => type === 'ExpirationNotification')) {
    return refused('IncompatiblePolicyException', 'an ExpirationNotification policy needs an Expiration policy');
  }
  return { policies };
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isEmpty(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && Object.keys(entry).length === 0;
}

function parsePolicy(entry: unknown, now: number): Parsed<ParameterPolicy> {
  const { Type: type, Version: version, Attributes: attributes } = (entry ?? {}) as Record<string, unknown>;
  const values = (attributes ?? {}) as Record<string, unknown>;
  const text = JSON.stringify(entry);
  if (type !== 'Expiration' && type !== 'ExpirationNotification' && type !== 'NoChangeNotification') {
    return refused(
      'InvalidPolicyTypeException',
      `\`${String(type)}\` is not a policy type: expected Expiration, ExpirationNotification or NoChangeNotification`,
    );
  }
  if (version !== '1.0') return refused('InvalidPolicyAttributeException', `${type} policy: expected Version \`1.0\``);
  if (type === 'Expiration') {
    const timestamp = values['Timestamp'];
    const at = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined;
    if (at === undefined) {
      return refused(
        'InvalidPolicyAttributeException',
        'Expiration policy: expected a Timestamp in ISO 8601 form with its zone',
      );
    }
    if (at <= now) {
      return refused('InvalidPolicyAttributeException', 'Expiration policy: expected a Timestamp in the future');
    }
    return { type, text, at, status: 'Pending' };
  }
  const member = type === 'ExpirationNotification' ? 'Before' : 'After';
  const amount = values[member];
  const unit = units.get(values['Unit']);
  if (typeof amount !== 'string' || !/^[1-9]\d{0,3}$/.test(amount) || unit === undefined) {
    return refused(
      'InvalidPolicyAttributeException',
      `${type} policy: expected \`${member}\` from "1" to "9999" and Unit \`Days\` or \`Hours\``,
    );
  }
  return { type, text, at: Number(amount) * unit, status: 'Pending' };
}

/** Policies that a new version keeps: the time without change begins anew, what was done about the expiration stays done. */
export function carriedOver(policies: readonly ParameterPolicy[]): readonly ParameterPolicy[] {
  return policies.map((policy) => (policy.type === 'NoChangeNotification' ? { ...policy, status: 'Pending' } : policy));
}

/** When a policy acts, in ms since the epoch; undefined when it has acted, or cannot (a notification without an expiration). */
export function dueAt(
  policy: ParameterPolicy,
  policies: readonly ParameterPolicy[],
  changedAt: number,
): number | undefined {
  if (policy.status !== 'Pending') return undefined;
  if (policy.type === 'Expiration') return policy.at;
  if (policy.type === 'NoChangeNotification') return changedAt + policy.at;
  const expiration = policies.find(({ type }) => type === 'Expiration');
  return expiration === undefined ? undefined : expiration.at - policy.at;
}

function refused(code: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message } };
}
