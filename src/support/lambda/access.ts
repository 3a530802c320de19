import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import type { Records } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { functionArn, latest, parseFunction } from './engine/function-name.ts';
import { functionNotFound, invalidParameter, notFound } from './errors.ts';
import { type FunctionRow, functions, policies } from './records.ts';

/** A function as a request names it, with the place where it lives. */
export type Named = {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** As given, in the name or beside it. */
  readonly qualifier: string | undefined;
  readonly records: Records;
  /** Without the qualifier. */
  readonly arn: string;
};

type Asked = { readonly FunctionName: string; readonly Qualifier?: string | undefined };

/** @throws ServiceError for ARNs of another Region, and for qualifiers that disagree */
export function named({ FunctionName, Qualifier }: Asked, ctx: Context): Named {
  const { region = ctx.region, account = ctx.account, name, qualifier } = parseFunction(FunctionName);
  if (region !== ctx.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${ctx.region}')`);
  }
  if (qualifier !== undefined && Qualifier !== undefined && qualifier !== Qualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  return {
    account,
    region,
    name,
    qualifier: Qualifier ?? qualifier,
    records: ctx.records.at({ account }),
    arn: functionArn(account, region, name),
  };
}

export function qualifiedArn({ account, region, name }: Named, qualifier: string | undefined): string {
  return functionArn(account, region, name, qualifier);
}

/** @param shown how the error names it; default: without a qualifier */
export async function loadFunction(of: Named, shown: string = of.arn): Promise<FunctionRow> {
  const row = await of.records.get(functions, of.name);
  if (row === undefined) throw functionNotFound(shown);
  return row;
}

/** A function that only its owner may manage: the account in an ARN is the caller's. @throws ServiceError */
export function own(asked: Asked, ctx: Context): Named {
  const of = named(asked, ctx);
  if (of.account !== ctx.account) throw new ServiceError('AccessDeniedException', '', { status: 403 });
  return of;
}

/** The function as policies see it: with its tags, and the policy that stands on exactly what was named. */
export async function functionResource(asked: Asked, ctx: Context): Promise<ResourceRef> {
  const of = named(asked, ctx);
  const { qualifier } = of;
  const arn = qualifiedArn(of, qualifier);
  const row = await of.records.get(functions, of.name);
  const policyId = qualifier === undefined || qualifier === latest ? of.name : `${of.name}:${qualifier}`;
  const policy = await of.records.get(policies, policyId);
  ctx.audit([{ arn: of.arn, type: 'AWS::Lambda::Function', account: of.account }]);
  return {
    arn,
    account: of.account,
    tags: row?.tags,
    policy: policy === undefined ? undefined : { kind: 'resource', source: `policy of ${arn}`, text: policy.text },
  };
}

/** For operations that concern the function as a whole, whatever qualifier is beside it. */
export function wholeFunction({ FunctionName }: { readonly FunctionName: string }, ctx: Context): Promise<ResourceRef> {
  const { qualifier: _, ...of } = parseFunction(FunctionName);
  if (of.region !== undefined && of.region !== ctx.region) {
    throw notFound(`Functions from '${of.region}' are not reachable in this region ('${ctx.region}')`);
  }
  const account = of.account ?? ctx.account;
  return functionResource({ FunctionName: functionArn(account, ctx.region, of.name) }, ctx);
}
