import type { LambdaReplay, LambdaStage } from './replay-for-tests.ts';
import { packOne } from './zip/pack-for-tests.ts';

/** Functions, versions, aliases: recorded cases by name. */

const Environment = { Variables: {} };
const otherCode = { ZipFile: packOne('handler.py', 'def handler(event, context):\n    return 2\n') };

const onOperation = (parameter: string) => parameter.replace(/_(.)/g, (_, char: string) => char.toUpperCase()) as never;

async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3));
}

async function make(stage: LambdaStage, more: object = {}): Promise<void> {
  await stage.call('createFunction', stage.functionInput({ Environment, ...more }));
  await rest();
}

export const replaysOfFunctions: Readonly<Record<string, LambdaReplay>> = {
  test_function_lifecycle: async (stage) => {
    const FunctionName = stage.name;
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Environment, Timeout: 5, MemorySize: 256 }),
    );
    await stage.step('get_function_response', 'getFunction', { FunctionName });
    await stage.step('update_func_conf_response', 'updateFunctionConfiguration', {
      FunctionName,
      Runtime: 'python3.11',
      Description: 'Changed-Description',
      MemorySize: 512,
      Timeout: 10,
      Environment: { Variables: { ENV_A: 'a' } },
    });
    await stage.step('get_function_response_postupdate', 'getFunction', { FunctionName });
    await stage.step('update_code_response', 'updateFunctionCode', { FunctionName, ...otherCode });
    await stage.step('get_function_response_postcodeupdate', 'getFunction', { FunctionName });
    await stage.step('delete_response', 'deleteFunction', { FunctionName });
    await stage.step('delete_postdelete', 'deleteFunction', { FunctionName });
  },
  test_delete_on_nonexisting_version: async (stage) => {
    const FunctionName = stage.name;
    await stage.step('delete_function_response_non_existent', 'deleteFunction', { FunctionName });
    const qualified = { FunctionName, Qualifier: '1' };
    await stage.step('delete_function_response_non_existent_with_qualifier', 'deleteFunction', qualified);
  },
  test_redundant_updates: async (stage) => {
    const FunctionName = stage.name;
    const update = { FunctionName, Description: '1st update description' };
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Environment, Description: 'Initial description' }),
    );
    await stage.step('first_update_result', 'updateFunctionConfiguration', update);
    await stage.step('get_fn_config_result', 'getFunctionConfiguration', { FunctionName });
    await stage.step('get_fn_result', 'getFunction', { FunctionName });
    await stage.step('redundant_update_result', 'updateFunctionConfiguration', update);
    await stage.step('get_fn_result_after_redundant_update', 'getFunction', { FunctionName });
  },
  test_get_function_wrong_region: async (stage) => {
    const FunctionName = `arn:aws:lambda:eu-west-1:${stage.on.ringwall.account}:function:${stage.name}`;
    if (stage.parameter === 'get_function_url_config') return stage.skip('wrong_region_exception');
    await stage.step('wrong_region_exception', onOperation(stage.parameter), { FunctionName });
  },
  test_ops_on_nonexisting_fn: async (stage) => {
    if (stage.parameter === 'get_function_url_config') return stage.skip('not_found_exception');
    await stage.step('not_found_exception', onOperation(stage.parameter), { FunctionName: stage.name });
  },
  test_ops_on_nonexisting_version: async (stage) => {
    await make(stage);
    const input = { FunctionName: stage.name, Qualifier: '1221' };
    await stage.step('version_not_found_exception', onOperation(stage.parameter), input);
  },
  test_ops_with_arn_qualifier_mismatch: async (stage) => {
    const arn = stage.on.arn('some-function');
    const ask = (label: string, FunctionName: string) =>
      stage.step(label, onOperation(stage.parameter), { FunctionName, Qualifier: '$LATEST' });
    await ask('not_match_exception', `${arn}:1`);
    await ask('match_exception', `${arn}:$LATEST`);
  },
  test_invoke_exceptions: async (stage) => {
    await stage.step('invoke_function_doesnotexist', 'invoke', { FunctionName: 'doesnotexist' });
  },
  test_create_deprecated_function_runtime_with_validation_enabled: async (stage) => {
    await stage.step('deprecation_error', 'createFunction', stage.functionInput({ Runtime: stage.parameter as never }));
  },
  test_large_environment_variables_fails: async (stage) => {
    const Variables = { LARGE_VAR: 'x'.repeat(4_081) };
    await stage.step('failed_create_fn_result', 'createFunction', stage.functionInput({ Environment: { Variables } }));
  },
  test_large_environment_fails_multiple_keys: async (stage) => {
    const Variables = { SMALL_VAR: 'ok', LARGE_VAR: 'x'.repeat(4_064) };
    const input = stage.functionInput({ Environment: { Variables } });
    await stage.step('failured_create_fn_result_multi_key', 'createFunction', input);
  },
  test_publish_version_on_create: async (stage) => {
    const FunctionName = stage.name;
    await stage.step('create_response', 'createFunction', stage.functionInput({ Publish: true }));
    await stage.step('get_function_version_result', 'getFunction', { FunctionName, Qualifier: '1' });
    await stage.step('get_function_latest_result', 'getFunction', { FunctionName, Qualifier: '$LATEST' });
    await stage.step('get_function_result', 'getFunction', { FunctionName });
    await stage.step('list_versions_result', 'listVersionsByFunction', { FunctionName });
    await stage.step('repeated_publish_response', 'publishVersion', { FunctionName });
    await stage.step('list_versions_result_after_publish', 'listVersionsByFunction', { FunctionName });
  },
  test_publish_with_wrong_revisionid: async (stage) => {
    const FunctionName = stage.name;
    await stage.step('create_response', 'createFunction', stage.functionInput());
    const { Configuration } = await stage.step('get_fn_response', 'getFunction', { FunctionName });
    const { RevisionId } = Configuration as { readonly RevisionId: string };
    await stage.step('publish_wrong_revisionid_exc', 'publishVersion', { FunctionName, RevisionId: 'doesnotexist' });
    await stage.step('publish_result', 'publishVersion', { FunctionName, RevisionId });
  },
  test_publish_with_wrong_sha256: async (stage) => {
    const FunctionName = stage.name;
    await stage.step('create_response', 'createFunction', stage.functionInput());
    const { Configuration } = await stage.step('get_fn_response', 'getFunction', { FunctionName });
    const { CodeSha256 } = Configuration as { readonly CodeSha256: string };
    const wrong = { FunctionName, CodeSha256: 'somenonexistentsha256' };
    await stage.step('publish_wrong_sha256_exc', 'publishVersion', wrong);
    await stage.step('publish_result', 'publishVersion', { FunctionName, CodeSha256 });
  },
  test_version_lifecycle: async (stage) => {
    const FunctionName = stage.name;
    const get = (label: string, Qualifier?: string) => stage.step(label, 'getFunction', { FunctionName, Qualifier });
    const list = (label: string) => stage.step(label, 'listVersionsByFunction', { FunctionName });
    const update = (label: string, Description: string) =>
      stage.step(label, 'updateFunctionConfiguration', { FunctionName, Description });
    const publish = (label: string, Description?: string) =>
      stage.step(label, 'publishVersion', { FunctionName, Description });
    await stage.step('create_response', 'createFunction', stage.functionInput({ Description: 'No version :(' }));
    await get('get_function_result');
    await list('list_versions_result');
    await update('first_update_response', 'First version :)');
    await get('first_update_get_function');
    await publish('first_publish_response', 'First version description :)');
    await get('first_publish_get_function', '1');
    await stage.step('first_publish_get_function_config', 'getFunctionConfiguration', { FunctionName, Qualifier: '1' });
    await update('second_update_response', 'Second version :))');
    await get('first_publish_get_function_after_update', '1');
    await publish('second_publish_response');
    await publish('third_publish_response', 'Third version description :)))');
    await list('list_versions_result_after_third_publish');
    await stage.call('deleteFunction', { FunctionName, Qualifier: '1' });
    await list('list_versions_result_after_deletion_of_first_version');
  },
  test_alias_lifecycle: async (stage) => {
    const FunctionName = stage.name;
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Environment: { Variables: { testenv: 'staging' } } }),
    );
    await stage.step('publish_v1', 'publishVersion', { FunctionName });
    await stage.call('updateFunctionConfiguration', { FunctionName, Environment: { Variables: { testenv: 'prod' } } });
    await stage.step('publish_v2', 'publishVersion', { FunctionName });
    const create = (label: string, Name: string, FunctionVersion: string, more: object = {}) =>
      stage.step(label, 'createAlias', { FunctionName, Name, FunctionVersion, Description: 'custom-alias', ...more });
    const get = (label: string, Name: string) => stage.step(label, 'getAlias', { FunctionName, Name });
    await create('create_alias_1_1', 'aliasname1_1', '1', { RoutingConfig: { AdditionalVersionWeights: { 2: 0.2 } } });
    await get('get_alias_1_1', 'aliasname1_1');
    await stage.step('get_function_alias_1_1', 'getFunction', { FunctionName, Qualifier: 'aliasname1_1' });
    const byArn = { FunctionName: `${stage.arn}:aliasname1_1` };
    await stage.step('get_function_byarn_alias_1_1', 'getFunction', byArn);
    await create('create_alias_1_2', 'aliasname1_2', '1');
    await get('get_alias_1_2', 'aliasname1_2');
    await create('create_alias_1_3', 'aliasname1_3', '1', { Description: undefined });
    await get('get_alias_1_3', 'aliasname1_3');
    await create('create_alias_2', 'aliasname2', '2');
    await get('get_alias_2', 'aliasname2');
    const list = (label: string, more: object = {}) => stage.step(label, 'listAliases', { FunctionName, ...more });
    stage.skip('list_aliases_for_fnname');
    await stage.step('update_alias_1_1', 'updateAlias', {
      FunctionName,
      Name: 'aliasname1_1',
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
    await get('get_alias_1_1_after_update', 'aliasname1_1');
    await list('list_aliases_for_fnname_after_update');
    await stage.step('update_alias_1_2', 'updateAlias', {
      FunctionName,
      Name: 'aliasname1_2',
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
    await get('get_alias_1_2_after_update', 'aliasname1_2');
    await list('list_aliases_for_fnname_after_update_2');
    await list('list_aliases_for_version', { FunctionVersion: '1' });
    await stage.step('delete_alias_response', 'deleteAlias', { FunctionName, Name: 'aliasname1_1' });
    const missing = { FunctionName, Qualifier: 'aliasdoesnotexist' };
    await stage.step('get_function_alias_notfound_exc', 'getFunction', missing);
    const missingArn = { FunctionName: `${stage.arn}:aliasdoesnotexist` };
    await stage.step('get_function_alias_byarn_notfound_exc', 'getFunction', missingArn);
    await list('list_aliases_for_fnname_afterdelete');
  },
  test_alias_naming: async (stage) => {
    const FunctionName = stage.name;
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Environment: { Variables: { testenv: 'staging' } } }),
    );
    await stage.step('publish_v1', 'publishVersion', { FunctionName });
    const alias = { FunctionName, FunctionVersion: '1', Description: 'custom-alias' };
    await stage.step('create_alias_date', 'createAlias', { ...alias, Name: '2024-01-02' });
    await stage.step('get_alias_date', 'getAlias', { FunctionName, Name: '2024-01-02' });
    await stage.step('create_alias_number_exception', 'createAlias', { ...alias, Name: '2024' });
  },
  test_non_existent_alias_deletion: async (stage) => {
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Environment: { Variables: { testenv: 'staging' } } }),
    );
    await stage.step('delete_alias_response', 'deleteAlias', { FunctionName: stage.name, Name: 'non-existent' });
  },
  test_non_existent_alias_update: async (stage) => {
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Environment: { Variables: { testenv: 'staging' } } }),
    );
    await stage.step('update_alias_response', 'updateAlias', { FunctionName: stage.name, Name: 'non-existent' });
  },
  test_notfound_and_invalid_routingconfigs: async (stage) => {
    const FunctionName = stage.name;
    await stage.step(
      'create_response',
      'createFunction',
      stage.functionInput({ Publish: true, Environment: { Variables: { testenv: 'staging' } } }),
    );
    await stage.step('publish_v1', 'publishVersion', { FunctionName });
    await stage.call('updateFunctionConfiguration', { FunctionName, Environment: { Variables: { testenv: 'prod' } } });
    await rest();
    await stage.step('publish_v2', 'publishVersion', { FunctionName });
    const alias = (label: string, weights: object | undefined, more: object = {}) =>
      stage.step(label, 'createAlias', {
        FunctionName,
        Name: 'custom',
        FunctionVersion: '1',
        ...(weights === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
        ...more,
      });
    await alias('routing_config_exc_toomany', { 1: 0.1, 2: 0.1 });
    await alias('routing_config_exc_toohigh', { 2: 2 });
    await alias('routing_config_exc_subzero', { 2: -1 });
    await alias('routing_config_exc_sameversion', { 1: 0.5 });
    await alias('routing_config_exc_version_latest', { $LATEST: 0.5 });
    await alias('routing_config_exc_version_doesnotexist', { 10: 0.5 });
    await alias('target_version_exc_version_latest', { 1: 0.5 }, { FunctionVersion: '$LATEST' });
    await alias('routing_config_exc_fn_doesnotexist', { 2: 0.5 }, { FunctionName: `${FunctionName}-unknown` });
    await alias('create-alias-latest', undefined, { Name: 'custom-latest', FunctionVersion: '$LATEST' });
    await alias('create_alias_empty_routingconfig', {}, { Name: 'custom-empty-routingconfig' });
    await alias('create_alias_response', { 2: 0.5 });
    await alias('routing_config_exc_already_exist', { 2: 0.5 });
    await alias('target_version_doesnotexist', undefined, { Name: 'other', FunctionVersion: '10' });
    await stage.step('alias_does_not_exist_esc', 'getAlias', { FunctionName, Name: 'non-existent' });
  },
};
