import type { Context } from '#runtime/context.ts';
import { functionResource, loadFunction, named } from './access.ts';
import type { Operation } from './api.ts';
import { maxUnzippedBytes } from './code.ts';
import { latest } from './engine/function-name.ts';
import { functionNotFound, invalidParameter, limitExceeded } from './errors.ts';
import { allOf, functions, type ProvisionedRow, provisioned, versions } from './records.ts';
import { reservations, reserve } from './reservations.ts';
import { accountConcurrency, leastUnreserved } from './sandbox/concurrency.ts';

/** Lambda quotas, "Function and layer storage". */
const maxTotalCode = 80_530_636_800;

export const PutFunctionConcurrency: Operation<'PutFunctionConcurrency'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async ({ FunctionName, ReservedConcurrentExecutions: wanted }, ctx) => {
    const of = named({ FunctionName }, ctx);
    if (of.qualifier !== undefined) {
      throw invalidParameter(
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
      );
    }
    await loadFunction(of, `${of.arn}:${latest}`);
    const { [of.name]: _, ...others } = await reservations(of.records);
    const taken = Object.values(others).reduce((sum, each) => sum + each, 0);
    if (accountConcurrency - taken - wanted < leastUnreserved) {
      throw limitExceeded(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${leastUnreserved}].`,
      );
    }
    const rows = await allOf<ProvisionedRow>(of.records, provisioned, of.name);
    const warm = rows.reduce((sum, { requested }) => sum + requested, 0);
    if (wanted < warm) {
      throw limitExceeded(
        ` ReservedConcurrentExecutions  ${wanted} should not be lower than function's total provisioned concurrency [${warm}].`,
      );
    }
    await reserve(of.records, of.name, wanted);
    return { ReservedConcurrentExecutions: wanted };
  },
};

export const GetFunctionConcurrency: Operation<'GetFunctionConcurrency'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    await loadFunction(of);
    const reserved = (await reservations(of.records))[of.name];
    return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
  },
};

export const DeleteFunctionConcurrency: Operation<'DeleteFunctionConcurrency'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    if ((await of.records.get(functions, of.name)) === undefined) throw functionNotFound(of.arn);
    await reserve(of.records, of.name, undefined);
    return {};
  },
};

export const GetAccountSettings: Operation<'GetAccountSettings'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const reserved = Object.values(await reservations(ctx.records)).reduce((sum, each) => sum + each, 0);
    return {
      AccountLimit: {
        TotalCodeSize: maxTotalCode,
        CodeSizeUnzipped: maxUnzippedBytes,
        CodeSizeZipped: 52_428_800,
        ConcurrentExecutions: accountConcurrency,
        UnreservedConcurrentExecutions: accountConcurrency - reserved,
      },
      AccountUsage: { TotalCodeSize: await codeSize(ctx), FunctionCount: await ctx.records.count(functions) },
    };
  },
};

async function codeSize(ctx: Context): Promise<number> {
  let sum = 0;
  for (const { value } of await ctx.records.list(functions)) sum += value.latest.code.size;
  for (const { value } of await ctx.records.list(versions)) sum += value.code.size;
  return sum;
}
