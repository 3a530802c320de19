import type { LambdaReplay } from './replay-for-tests.ts';
import { packOne } from './zip/pack-for-tests.ts';

/** Layers, tags, destinations and names: recorded cases by name. */

const Content = { ZipFile: packOne('testfile.txt', 'x') };
const compatible = { CompatibleRuntimes: ['python3.12'], CompatibleArchitectures: ['x86_64'] };

const verbs: Readonly<Record<string, 'createFunction' | 'deleteFunction' | 'getFunction' | 'invoke'>> = {
  create_function: 'createFunction',
  delete_function: 'deleteFunction',
  get_function: 'getFunction',
  invoke: 'invoke',
};

/** Names that the model's constraints do not already refuse; the recorded texts of those have newer patterns. */
const names: Readonly<Record<string, (arn: string) => { readonly FunctionName: string; readonly Qualifier?: string }>> =
  {
    function_name_too_long: () => ({ FunctionName: 'a'.repeat(65) }),
    function_name_and_qualifier_too_long: () => ({ FunctionName: 'my-function', Qualifier: 'a'.repeat(65) }),
    qualifier_too_long1: () => ({ FunctionName: 'my-function', Qualifier: 'a'.repeat(65) }),
    incomplete_arn: () => ({ FunctionName: 'function' }),
    lowercase_latest_qualifier: () => ({ FunctionName: 'my-function', Qualifier: '$latest' }),
    latest_version_with_additional_qualifier: (arn) => ({ FunctionName: `${arn}:$LATEST`, Qualifier: '1' }),
  };

/** Cases whose refusal comes from the service, not from the model's constraints. */
export function isComparedName(parameter: string): boolean {
  const at = parameter.lastIndexOf('-');
  return parameter.slice(0, at) in names && !parameter.endsWith('-create_function');
}

export const replaysOfLayers: Readonly<Record<string, LambdaReplay>> = {
  test_function_name_and_qualifier_validation: async (stage) => {
    const at = stage.parameter.lastIndexOf('-');
    const [kind, verb] = [stage.parameter.slice(0, at), stage.parameter.slice(at + 1)];
    const given = names[kind]?.(stage.on.arn('my-function'));
    const label = `${verb}_exception`;
    const operation = verbs[verb];
    if (given === undefined || operation === undefined) throw new Error(`no input for ${stage.parameter}`);
    await stage.stepLike(label, operation, given);
  },
  test_layer_exceptions: async (stage) => {
    const LayerName = stage.name;
    const version = (VersionNumber: number) => ({ LayerName, VersionNumber });
    await stage.step('publish_result', 'publishLayerVersion', { LayerName, Content, ...compatible });
    stage.skip('publish_layer_version_exc_invalid_runtime_arch', 'publish_layer_version_exc_partially_invalid_values');
    stage.skip('list_layers_exc_compatibleruntime_invalid', 'get_layer_version_by_arn_exc_invalidarn');
    await stage.step('list_nonexistent_layer', 'listLayerVersions', { LayerName: 'nonexistent-layer' });
    const empty = { LayerName: `${LayerName}-empty`, Content, CompatibleRuntimes: [], CompatibleArchitectures: [] };
    await stage.step('publish_empty_result', 'publishLayerVersion', empty);
    const architecture = { CompatibleArchitecture: 'archdoesnotexist' };
    await stage.step('list_layers_exc_compatiblearchitecture_invalid', 'listLayers', architecture);
    const other = { LayerName: `${LayerName}-doesnotexist`, VersionNumber: 1 };
    await stage.step('get_layer_version_exc_layer_doesnotexist', 'getLayerVersion', other);
    await stage.step('get_layer_version_exc_layer_version_doesnotexist_negative', 'getLayerVersion', version(-1));
    await stage.step('get_layer_version_exc_layer_version_doesnotexist_zero', 'getLayerVersion', version(0));
    await stage.step('get_layer_version_exc_layer_version_doesnotexist_2', 'getLayerVersion', version(2));
    const Arn = `arn:aws:lambda:us-east-1:${stage.on.ringwall.account}:layer:${LayerName}:10`;
    await stage.step('get_layer_version_by_arn_exc_nonexistentversion', 'getLayerVersionByArn', { Arn });
    await stage.step('delete_nonexistent_response', 'deleteLayerVersion', other);
    await stage.step('delete_nonexistent_version_response', 'deleteLayerVersion', version(3));
    await stage.step('delete_layer_response', 'deleteLayerVersion', version(1));
    await stage.step('delete_layer_again_response', 'deleteLayerVersion', version(1));
    await stage.step('delete_layer_version_exc_layerversion_invalid_version', 'deleteLayerVersion', version(-1));
  },
  test_layer_function_exceptions: async (stage) => {
    const publish = (label: string) =>
      stage.step(label, 'publishLayerVersion', {
        LayerName: stage.name,
        Content,
        CompatibleRuntimes: [],
        CompatibleArchitectures: ['x86_64'],
      });
    const one = (await publish('publish_result')).LayerVersionArn as string;
    const two = (await publish('publish_result_2')).LayerVersionArn as string;
    const three = (await publish('publish_result_3')).LayerVersionArn as string;
    const FunctionName = stage.name;
    await stage.call('createFunction', stage.functionInput({ Environment: { Variables: {} } }));
    await new Promise((resolve) => setTimeout(resolve, 3));
    await stage.step('get_fn_result', 'getFunction', { FunctionName });
    const update = (label: string, ...Layers: string[]) =>
      stage.step(label, 'updateFunctionConfiguration', { FunctionName, Layers });
    await update('two_layer_versions_single_function_exc', one, two);
    await update('three_layer_versions_single_function_exc', one, two, three);
    await update('two_identical_layer_versions_single_function_exc', one, one);
    stage.skip('add_layer_arn_without_version_exc');
    await update('add_nonexistent_layer_version_exc', one.replace(/1$/, '9'));
    const elsewhere = one.replace(stage.name, 'doesnotexist');
    await update('add_nonexistent_layer_exc', elsewhere);
    const far = {
      ...stage.functionInput(),
      FunctionName: `${stage.name}-far`,
      Layers: [one.replace('us-east-1', 'eu-west-1')],
    };
    await stage.step('create_function_with_layer_in_different_region', 'createFunction', far);
  },
  test_layer_function_quota_exception: async (stage) => {
    const Layers: string[] = [];
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const made = await stage.call('publishLayerVersion', { LayerName: `${stage.name}-${n}`, Content });
      Layers.push(made.LayerVersionArn as string);
    }
    await stage.step('create_function_with_six_layers', 'createFunction', stage.functionInput({ Layers }));
  },
  test_layer_policy_exceptions: async (stage) => {
    const LayerName = stage.name;
    await stage.step('publish_result', 'publishLayerVersion', { LayerName, Content, ...compatible });
    const version = { LayerName, VersionNumber: 1 };
    const permission = { ...version, Action: 'lambda:GetLayerVersion', StatementId: 's1', Principal: '*' };
    const add = (label: string, more: object = {}) =>
      stage.step(label, 'addLayerVersionPermission', { ...permission, ...more });
    const get = (label: string, more: object = {}) =>
      stage.step(label, 'getLayerVersionPolicy', { ...version, ...more });
    const remove = (label: string, more: object = {}) =>
      stage.step(label, 'removeLayerVersionPermission', { ...version, StatementId: 's1', ...more });
    await get('layer_permission_nopolicy_get');
    const other = { LayerName: `${LayerName}-doesnotexist` };
    await add('layer_permission_layername_doesnotexist_add', other);
    await get('layer_permission_layername_doesnotexist_get', other);
    await remove('layer_permission_layername_doesnotexist_remove', other);
    await add('layer_permission_layerversion_doesnotexist_add', { VersionNumber: 2 });
    await get('layer_permission_layerversion_doesnotexist_get', { VersionNumber: 2 });
    await remove('layer_permission_layerversion_doesnotexist_remove', { VersionNumber: 2 });
    await add('layer_permission_action_invalid', { Action: '*' });
    await add('add_layer_permission_result');
    await add('layer_permission_duplicate_statement');
    await add('layer_permission_wrong_revision', { StatementId: 's2', RevisionId: 'wrong' });
    await remove('layer_permission_statementid_doesnotexist_remove', { StatementId: 'doesnotexist' });
    await remove('layer_permission_wrong_revision_remove', { RevisionId: 'wrong' });
  },
  test_lambda_eventinvokeconfig_exceptions: async (stage) => {
    const FunctionName = stage.name;
    await stage.call('createFunction', stage.functionInput({ Environment: { Variables: {} } }));
    await stage.call('createFunction', { ...stage.functionInput(), FunctionName: `${FunctionName}-other` });
    await new Promise((resolve) => setTimeout(resolve, 3));
    await stage.step('fn_version_result', 'publishVersion', { FunctionName });
    const Name = 'eventinvokealias';
    await stage.step('fn_alias_result', 'createAlias', { FunctionName, FunctionVersion: '1', Name });
    const put = (label: string, more: object) =>
      stage.step(label, 'putFunctionEventInvokeConfig', { FunctionName, MaximumRetryAttempts: 1, ...more });
    const destination = (label: string, DestinationConfig: object) =>
      stage.step(label, 'putFunctionEventInvokeConfig', { FunctionName, DestinationConfig });
    const missing = `${stage.on.arn('doesnotexist')}`;
    await put('put_functionname_name_notfound', { FunctionName: 'doesnotexist' });
    await put('put_functionname_arn_notfound', { FunctionName: missing });
    await stage.step('put_functionname_nootherargs', 'putFunctionEventInvokeConfig', { FunctionName });
    await destination('put_destination_lambda_doesntexist', { OnSuccess: { Destination: missing } });
    await destination('put_destination_recursive', { OnSuccess: { Destination: stage.arn } });
    await destination('put_destination_other_lambda', { OnSuccess: { Destination: `${stage.arn}-other` } });
    await destination('put_destination_success_no_destination_arn', { OnSuccess: {} });
    await destination('put_destination_failure_no_destination_arn', { OnFailure: {} });
    stage.skip('put_destination_invalid_arn_pattern');
    const iam = stage.arn.replace(':lambda:', ':iam:');
    await destination('put_destination_invalid_service_arn', { OnSuccess: { Destination: iam } });
    await put('put_destination_latest', {});
    await put('put_destination_latest_explicit_qualifier', { Qualifier: '$LATEST' });
    await put('put_destination_version', { Qualifier: '1' });
    await put('put_alias_functionname_qualifier', { Qualifier: Name });
    await put('put_alias_doesnotexist', { Qualifier: `${Name}doesnotexist` });
    await put('put_alias_qualifiedarn', { FunctionName: `${stage.arn}:${Name}` });
    await put('put_alias_qualifiedarn_qualifier', { FunctionName: `${stage.arn}:${Name}`, Qualifier: Name });
    await put('put_alias_qualifiedarn_qualifierconflict', { FunctionName: `${stage.arn}:${Name}`, Qualifier: 'x' });
    await put('put_alias_shorthand', { FunctionName: `${FunctionName}:${Name}` });
    await put('put_alias_shorthand_qualifier', { FunctionName: `${FunctionName}:${Name}`, Qualifier: Name });
    await put('put_alias_shorthand_qualifierconflict', { FunctionName: `${FunctionName}:${Name}`, Qualifier: 'x' });
    await put('put_version_shorthand', { FunctionName: `${FunctionName}:1` });
    await put('put_shorthand_qualifier_match', { FunctionName: `${FunctionName}:$LATEST`, Qualifier: '$LATEST' });
    await put('put_shorthand_qualifier_mismatch_1', { FunctionName: `${FunctionName}:$LATEST`, Qualifier: '1' });
    await put('put_shorthand_qualifier_mismatch_2', { FunctionName: `${FunctionName}:$LATEST`, Qualifier: Name });
    await put('put_shorthand_qualifier_mismatch_3', { FunctionName: `${FunctionName}:1`, Qualifier: '$LATEST' });
    const both = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 };
    await put('put_maxevent_maxvalue_result', both);
    const older = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 };
    await put('put_pre_overwrite', older);
    await put('put_post_overwrite', { MaximumRetryAttempts: 0 });
    await stage.step('get_post_overwrite', 'getFunctionEventInvokeConfig', { FunctionName });
    await put('second_overwrite_existing_response', { MaximumRetryAttempts: 0 });
    await put('pre_update_response', older);
    const update = (label: string, more: object) =>
      stage.step(label, 'updateFunctionEventInvokeConfig', { FunctionName, MaximumRetryAttempts: 0, ...more });
    await update('update_response', {});
    await update('update_response_existing', {});
    await stage.step('list_configs', 'listFunctionEventInvokeConfigs', { FunctionName });
    await stage.step('list_function_doesnotexist', 'listFunctionEventInvokeConfigs', { FunctionName: 'doesnotexist' });
    const remove = (label: string, more: object) =>
      stage.step(label, 'deleteFunctionEventInvokeConfig', { FunctionName, ...more });
    await remove('delete_latest', {});
    await remove('delete_version', { Qualifier: '1' });
    await remove('delete_alias', { Qualifier: Name });
    await stage.step('list_configs_postdelete', 'listFunctionEventInvokeConfigs', { FunctionName });
    await remove('delete_function_not_found', {});
    await remove('delete_function_doesnotexist', { FunctionName: 'doesnotexist' });
    const get = (label: string, more: object) =>
      stage.step(label, 'getFunctionEventInvokeConfig', { FunctionName, ...more });
    await get('get_function_doesnotexist', { FunctionName: 'doesnotexist' });
    await get('get_qualifier_doesnotexist', { Qualifier: 'doesnotexist' });
    await get('get_eventinvokeconfig_doesnotexist', { Qualifier: Name });
    await update('update_eventinvokeconfig_function_doesnotexist', { FunctionName: 'doesnotexist' });
    await update('update_eventinvokeconfig_config_doesnotexist_without_qualifier', {});
    await update('update_eventinvokeconfig_config_doesnotexist_with_qualifier', { Qualifier: Name });
  },
  test_lambda_versions_with_code_changes: async (stage) => {
    const FunctionName = stage.name;
    const code = (version: string) => ({
      ZipFile: packOne(
        'handler.py',
        `def handler(event, context):\n    return {"version_from_ctx": context.function_version, "invoked_arn": context.invoked_function_arn, "version_id": "${version}"}\n`,
      ),
    });
    const invoke = (label: string, Qualifier?: string) => stage.invoke(label, { FunctionName, Qualifier });
    const input = stage.functionInput({ Code: code('version1'), Description: 'No version :(' });
    await stage.step('create_response', 'createFunction', input);
    const first = { FunctionName, Description: 'First version description :)' };
    await stage.step('first_publish_response', 'publishVersion', first);
    await invoke('invocation_result_v1', '1');
    await stage.step('update_lambda_response', 'updateFunctionCode', { FunctionName, ...code('version2') });
    await invoke('invocation_result_latest');
    const second = { FunctionName, Description: 'Second version description :)' };
    await stage.step('second_publish_response', 'publishVersion', second);
    await invoke('invocation_result_v2', '2');
    const third = { FunctionName, Publish: true, ...code('version3') };
    await stage.step('update_lambda_response_with_publish', 'updateFunctionCode', third);
    await invoke('invocation_result_v1_end', '1');
    await invoke('invocation_result_v2_end', '2');
    await invoke('invocation_result_v3', '3');
    await invoke('invocation_result_latest_end');
  },
};
