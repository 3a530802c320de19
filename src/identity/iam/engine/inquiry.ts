import { type ArnParts, arnPartsOf } from './matching/arn.ts';
import { contextMapOf, keyOf } from './matching/context.ts';
import type { Resolver } from './matching/template.ts';
import { principalArnOf, principalOf, type RequestPrincipal } from './principal.ts';
import type { AuthorizationRequest } from './request.ts';

/**
 * A request under examination: its parts read at most once, whatever the number of statements that look at them.
 */
export type Inquiry = {
  readonly request: AuthorizationRequest;
  readonly principal: RequestPrincipal;
  /** `*` for an action without resources. */
  readonly resource: string;
  /** The resource's six parts; undefined when it is no ARN. */
  readonly resourceParts: ArnParts | undefined;
  /** Whether the principal has a permissions boundary: it changes what `NotPrincipal` means. */
  readonly bounded: boolean;
  readonly context: Map<string, readonly string[]>;
  readonly resolve: Resolver;
  /** Keys that a condition or a variable asked for in vain, as written in the policy. */
  missing: string[] | undefined;
};

export function inquire(request: AuthorizationRequest, bounded: boolean): Inquiry {
  const context = contextMapOf(request.context);
  const stated = context.get('aws:principalarn');
  const principal = principalOf(request.principal, stated?.[0], request.attributes?.principalIsRoot === true);
  if (stated === undefined) {
    const derived = principalArnOf(principal);
    if (derived !== undefined) context.set('aws:principalarn', [derived]);
  }
  const resource = request.wildcardOnlyAction === true ? '*' : request.resource;
  const inquiry: Inquiry = {
    request,
    principal,
    resource,
    resourceParts: arnPartsOf(resource),
    bounded,
    context,
    resolve: (name) => {
      const values = valuesOf(inquiry, keyOf(name), name);
      return values?.length === 1 ? values[0] : undefined;
    },
    missing: undefined,
  };
  return inquiry;
}

/** The values of a key, noting it when there are none. `key` is lower-case, `name` as the policy writes it. */
export function valuesOf(inquiry: Inquiry, key: string, name: string): readonly string[] | undefined {
  const values = inquiry.context.get(key);
  if (values === undefined) {
    inquiry.missing ??= [];
    if (!inquiry.missing.includes(name)) inquiry.missing.push(name);
  }
  return values;
}
