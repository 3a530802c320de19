import { createHash } from 'node:crypto';
import { base32Of } from '../entity-ids.ts';

/** A policy that AWS keeps: the same in every account, never changed by a caller. */
export type AwsManagedPolicy = {
  readonly policyName: string;
  readonly policyId: string;
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  readonly createDate: number;
  readonly updateDate: number;
  readonly versionId: string;
  readonly document: string;
};

export type PolicyStatement = {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};

export type PolicyFacts = {
  readonly description: string;
  /** `YYYY-MM-DD`. */
  readonly created: string;
  readonly updated: string;
  readonly version: number;
  readonly statements: readonly PolicyStatement[];
};

/**
 * @param name with its path: `job-function/ViewOnlyAccess`
 * @example awsPolicy('AdministratorAccess', { …, statements: [allow('*')] }).arn // 'arn:aws:iam::aws:policy/AdministratorAccess'
 */
export function awsPolicy(name: string, facts: PolicyFacts): AwsManagedPolicy {
  const slash = name.lastIndexOf('/') + 1;
  const arn = `arn:aws:iam::aws:policy/${name}`;
  return {
    policyName: name.slice(slash),
    // AWS's own ids are not published; this one is the same in every installation.
    policyId: `ANPA${base32Of(createHash('sha256').update(arn).digest().subarray(0, 17))}`,
    path: `/${name.slice(0, slash)}`,
    arn,
    description: facts.description,
    createDate: Date.parse(facts.created),
    updateDate: Date.parse(facts.updated),
    versionId: `v${facts.version}`,
    document: JSON.stringify({ Version: '2012-10-17', Statement: facts.statements }, null, 2),
  };
}

/** Allows actions, given as a text with spaces between them, on every resource unless told otherwise. */
export function allow(
  actions: string,
  rest: Partial<Pick<PolicyStatement, 'Resource' | 'Condition'>> = {},
): PolicyStatement {
  const list = actions.split(' ');
  return {
    Effect: 'Allow',
    Action: list.length === 1 ? (list[0] ?? '') : list,
    Resource: rest.Resource ?? '*',
    ...rest,
  };
}
