import type { PolicyKind } from './policy.ts';

/** Which elements each kind of policy may, must and must not have (IAM user guide, grammar notes; Organizations, SCP and RCP syntax). */
export type KindRules = {
  readonly principal: 'required' | 'prohibited';
  readonly notPrincipal: boolean;
  readonly resource: 'required' | 'prohibited';
  /** IAM's own documents must name 2012-10-17 and keep Sids alphanumeric; other services are not so strict. */
  readonly modern: boolean;
};

const identity: KindRules = { principal: 'prohibited', notPrincipal: false, resource: 'required', modern: true };
const resource: KindRules = { principal: 'required', notPrincipal: true, resource: 'required', modern: false };

export const KIND_RULES: Readonly<Record<PolicyKind, KindRules>> = {
  identity,
  boundary: identity,
  session: identity,
  resource,
  key: resource,
  endpoint: resource,
  trust: { principal: 'required', notPrincipal: false, resource: 'prohibited', modern: false },
  scp: { principal: 'prohibited', notPrincipal: false, resource: 'required', modern: false },
  rcp: { principal: 'required', notPrincipal: false, resource: 'required', modern: false },
};

/** Organizations says no more than this. */
export const ORGANIZATION_REFUSAL =
  'The provided policy document does not meet the requirements of the specified policy type.';
