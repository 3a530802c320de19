import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { functionResource, loadFunction, type Named, named, qualifiedArn } from './access.ts';
import type { Operation } from './api.ts';
import { revisionOf } from './configuration.ts';
import { isVersion, latest } from './engine/function-name.ts';
import { documentOf, statementOf, statementsIn } from './engine/statements.ts';
import { conflict, functionNotFound, invalidParameter, notFound, wrongRevision } from './errors.ts';
import {
  aliases,
  type FunctionRow,
  findAlias,
  findVersion,
  functions,
  policies,
  versionId,
  versions,
} from './records.ts';

/** Largest policy of a function (Lambda quotas). */
const maxPolicyBytes = 20_480;

type Keyed = { readonly Principal?: string; readonly FunctionUrlAuthType?: string | undefined };
const principalKeys = ({ Principal, FunctionUrlAuthType }: Keyed) => ({
  'lambda:Principal': Principal,
  'lambda:FunctionUrlAuthType': FunctionUrlAuthType,
});

export const AddPermission: Operation<'AddPermission'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  conditions: principalKeys,
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    if (of.qualifier === latest) throw invalidParameter('We currently do not support adding policies for $LATEST.');
    const subject = await subjectOf(of);
    const id = policyId(of);
    const stored = await of.records.get(policies, id);
    if (input.RevisionId !== undefined && input.RevisionId !== subject.revision(ctx.now)) {
      throw wrongRevision(stored === undefined ? 'GetPolicy' : 'GetFunction/GetAlias');
    }
    const statement = statementOf({
      sid: input.StatementId,
      action: input.Action,
      principal: input.Principal,
      resource: qualifiedArn(of, of.qualifier),
      sourceArn: input.SourceArn,
      sourceAccount: input.SourceAccount,
      eventSourceToken: input.EventSourceToken,
      organization: input.PrincipalOrgID,
      urlAuthType: input.FunctionUrlAuthType,
      viaUrl: input.InvokedViaFunctionUrl,
    });
    if (statement === undefined || !(await exists(ctx, input.Principal))) {
      throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
    }
    const statements = statementsIn(stored?.text);
    if (statements.some(({ Sid }) => Sid === input.StatementId)) throw sidTaken(input.StatementId);
    const text = await pinPrincipals(ctx, documentOf([...statements, statement]));
    if (Buffer.byteLength(text) > maxPolicyBytes) {
      throw new ServiceError(
        'PolicyLengthExceededException',
        `The final policy size (${Buffer.byteLength(text)}) is bigger than the limit (${maxPolicyBytes}).`,
        { members: { Type: 'User' } },
      );
    }
    const revisionId = ctx.uuid();
    of.records.put(policies, id, { text, revisionId });
    subject.changed(revisionId);
    return { Statement: JSON.stringify(statement) };
  },
};

export const RemovePermission: Operation<'RemovePermission'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  conditions: async (input, ctx) => ({ ...(await keysOf(input, ctx)) }),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const id = policyId(of);
    if ((await of.records.get(functions, of.name)) === undefined) throw notFound(`No policy found for: ${of.arn}`);
    const subject = await subjectOf(of);
    const stored = await of.records.get(policies, id);
    if (stored === undefined) throw notFound('No policy is associated with the given resource.');
    const statements = statementsIn(stored.text);
    const left = statements.filter(({ Sid }) => Sid !== input.StatementId);
    if (left.length === statements.length) {
      throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
    }
    if (input.RevisionId !== undefined && input.RevisionId !== subject.revision(ctx.now)) {
      throw wrongRevision('GetFunction/GetAlias');
    }
    const revisionId = ctx.uuid();
    if (left.length === 0) of.records.delete(policies, id);
    else of.records.put(policies, id, { text: documentOf(left), revisionId });
    subject.changed(revisionId);
    return {};
  },
};

export const GetPolicy: Operation<'GetPolicy'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const stored = await named(input, ctx).records.get(policies, policyId(named(input, ctx)));
    if (stored === undefined) throw notFound('The resource you requested does not exist.');
    const of = named(input, ctx);
    const subject = await subjectOf(of);
    return { Policy: await shownPrincipals(ctx, stored.text), RevisionId: subject.revision(ctx.now) };
  },
};

export function sidTaken(sid: string): ServiceError {
  return conflict(
    `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
  );
}

/** Users and roles must be there; accounts and services are taken as they are. */
export async function exists(ctx: Context, principal: string): Promise<boolean> {
  return !/:(user|role)\//.test(principal) || (await ctx.knowsPrincipal(principal));
}

function policyId({ name, qualifier }: Named): string {
  return qualifier === undefined || qualifier === latest ? name : `${name}:${qualifier}`;
}

/** What a policy stands on: its revision changes with the policy. */
type Subject = { readonly revision: (now: number) => string; readonly changed: (revisionId: string) => void };

/** @throws ServiceError ResourceNotFoundException */
async function subjectOf(of: Named): Promise<Subject> {
  const { records, name, qualifier } = of;
  const row = await loadFunction(of, qualifiedArn(of, qualifier));
  if (qualifier === undefined || qualifier === latest) return wholeSubject(of, row);
  if (!isVersion(qualifier)) {
    const alias = await findAlias(records, name, qualifier);
    // `$` is no part of an alias's name: AWS looks for a function then (recordings).
    if (alias === undefined && qualifier.includes('$')) throw functionNotFound(qualifiedArn(of, qualifier));
    if (alias === undefined) throw notFound(`Cannot find alias arn: ${qualifiedArn(of, qualifier)}`);
    return {
      revision: () => alias.revisionId,
      changed: (revisionId) => records.put(aliases, `${name}:${qualifier}`, { ...alias, revisionId }),
    };
  }
  const version = await findVersion(records, row, qualifier);
  if (version === undefined) throw functionNotFound(qualifiedArn(of, qualifier));
  return {
    revision: (now) => revisionOf(version, now),
    changed: (revisionId) => records.put(versions, versionId(name, qualifier), { ...version, revisionId }),
  };
}

function wholeSubject({ records, name }: Named, row: FunctionRow): Subject {
  return {
    revision: (now) => revisionOf(row.latest, now),
    changed: (revisionId) => records.put(functions, name, { ...row, latest: { ...row.latest, revisionId } }),
  };
}

/** Keys of the statement that goes. */
async function keysOf(
  input: { readonly FunctionName: string; readonly StatementId: string; readonly Qualifier?: string | undefined },
  ctx: Context,
): Promise<ReturnType<typeof principalKeys> | Record<string, never>> {
  const of = named(input, ctx);
  const stored = await of.records.get(policies, policyId(of));
  const statement = statementsIn(stored?.text).find(({ Sid }) => Sid === input.StatementId);
  if (statement === undefined) return {};
  const principal = statement.Principal as string | Readonly<Record<string, string>>;
  const condition = statement.Condition as { readonly StringEquals?: Readonly<Record<string, string>> } | undefined;
  return principalKeys({
    Principal: typeof principal === 'string' ? principal : (Object.values(principal)[0] ?? ''),
    FunctionUrlAuthType: condition?.StringEquals?.['lambda:FunctionUrlAuthType'],
  });
}
