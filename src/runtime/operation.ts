import type { ApiName, Input, OperationName, Output } from './api-types.ts';
import type { Context } from './context.ts';

type Awaitable<T> = T | Promise<T>;

/** Condition keys and their values, as policies name them: `{ 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' }`. */
export type Conditions = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A policy that stands on a resource, with the name that explanations use for it. */
export type ResourcePolicy = {
  readonly kind: 'resource' | 'key' | 'trust';
  /** For example `key policy of arn:aws:kms:…`. */
  readonly source: string;
  /** The document's text; compiled policies are cached by it. */
  readonly text: string;
};

/** What a call touches: the ARN that policies match, and what decides beside the caller's own policies. */
export type ResourceRef = {
  /** `*` for actions that have no resource type. */
  readonly arn: string;
  /** Owner; default: the account in the ARN, else the caller's. */
  readonly account?: string | undefined;
  readonly policy?: ResourcePolicy | undefined;
  /** Gives `aws:ResourceTag/…`. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** KMS grants on the key, as the policy engine reads them. */
  readonly grants?: readonly unknown[] | undefined;
  /** Keys that belong to this resource alone. */
  readonly conditions?: Conditions | undefined;
};

/**
 * One operation of an API: what it touches, under which conditions, and what it does.
 *
 * `resource` and `conditions` are the authorisation metadata: they see validated input, may read records, change nothing.
 * `handle` loads, asks the engine, saves and answers; what it saved commits together with the audit record afterwards, and it
 * runs again when another call changed what it had read. Everything that varies (time, randomness, other services) comes from `ctx`.
 */
export type Operation<A extends ApiName, N extends OperationName<A>> = {
  /** IAM action; default `<prefix>:<operation>`. An array when several are asked for, each on every resource. */
  readonly action?: string | readonly string[] | ((input: Input<A, N>) => string | readonly string[]);
  /** `none`: the operation needs no permission (`sts:GetCallerIdentity`) or decides itself through `ctx.authorise`. */
  readonly resource:
    | ((input: Input<A, N>, ctx: Context) => Awaitable<string | ResourceRef | readonly ResourceRef[]>)
    | 'none';
  readonly conditions?: (input: Input<A, N>, ctx: Context) => Awaitable<Conditions>;
  /** Callable without credentials (`sts:AssumeRoleWithWebIdentity`). */
  readonly anonymous?: true;
  /** CloudTrail's read-only mark; default by the verb (Get, List, Describe, …). */
  readonly readOnly?: boolean;
  /** CloudTrail's data event (objects, messages, invocations): on record, but shown by trails that select it, not by LookupEvents. */
  readonly dataEvent?: true;
  readonly handle: (input: Input<A, N>, ctx: Context) => Awaitable<Output<A, N>>;
};

/** An operation of the API that is not built: answers a clear AWS error and is counted by the coverage table. */
export type Unsupported = { readonly unsupported: string };

/** @example ListDocuments: unsupported('documents are outside Parameter Store') */
export function unsupported(reason: string): Unsupported {
  return { unsupported: reason };
}

export function isUnsupported(operation: object): operation is Unsupported {
  return 'unsupported' in operation;
}

/** The operations a service serves, each named as in the API. A missing or misspelt one fails type-checking. */
export type Operations<A extends ApiName, N extends OperationName<A> = OperationName<A>> = {
  readonly [K in N]: Operation<A, K> | Unsupported;
};

/** An operation with its types erased, as the pipeline runs it. */
export type AnyOperation = {
  readonly action?: string | readonly string[] | ((input: never) => string | readonly string[]);
  readonly resource:
    | ((input: never, ctx: Context) => Awaitable<string | ResourceRef | readonly ResourceRef[]>)
    | 'none';
  readonly conditions?: (input: never, ctx: Context) => Awaitable<Conditions>;
  readonly anonymous?: true;
  readonly readOnly?: boolean;
  readonly dataEvent?: true;
  readonly handle: (input: never, ctx: Context) => Awaitable<object>;
};
