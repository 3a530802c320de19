import { functionResource, loadFunction, named } from './access.ts';
import type { Operation } from './api.ts';
import { runtimeArn } from './configuration.ts';
import { functions } from './records.ts';
import { unserved } from './settings.ts';

/** Settings of a function that are kept and shown, and that nothing here acts on. */

export const PutFunctionRecursionConfig: Operation<'PutFunctionRecursionConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const row = await loadFunction(of);
    of.records.put(functions, of.name, { ...row, recursiveLoop: input.RecursiveLoop });
    return { RecursiveLoop: input.RecursiveLoop };
  },
};

export const GetFunctionRecursionConfig: Operation<'GetFunctionRecursionConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => ({ RecursiveLoop: (await loadFunction(named(input, ctx))).recursiveLoop }),
};

export const PutRuntimeManagementConfig: Operation<'PutRuntimeManagementConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const row = await loadFunction(of);
    if (input.UpdateRuntimeOn === 'Manual') throw unserved('manual runtime versions: there is one of each runtime');
    of.records.put(functions, of.name, { ...row, runtimeUpdates: { on: input.UpdateRuntimeOn, arn: undefined } });
    return { UpdateRuntimeOn: input.UpdateRuntimeOn, FunctionArn: of.arn };
  },
};

export const GetRuntimeManagementConfig: Operation<'GetRuntimeManagementConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const { latest, runtimeUpdates } = await loadFunction(of);
    const { on } = runtimeUpdates;
    const shownArn =
      on === 'FunctionUpdate' ? { RuntimeVersionArn: runtimeArn(ctx.region, latest.settings.runtime) } : {};
    return { UpdateRuntimeOn: on, FunctionArn: of.arn, ...shownArn };
  },
};

/** There is no code signing, so no function has a configuration of it: clients ask all the same. */
export const GetFunctionCodeSigningConfig: Operation<'GetFunctionCodeSigningConfig'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const { name } = await loadFunction(named(input, ctx));
    return { FunctionName: name, CodeSigningConfigArn: '' };
  },
};
