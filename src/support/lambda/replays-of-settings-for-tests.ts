import type { LambdaReplay, LambdaStage } from './replay-for-tests.ts';
import { packOne } from './zip/pack-for-tests.ts';

/** Permissions, concurrency, destinations, tags, layers: recorded cases by name. */

async function make(stage: LambdaStage, more: object = {}): Promise<void> {
  await stage.call('createFunction', stage.functionInput({ Environment: { Variables: {} }, ...more }));
  await new Promise((resolve) => setTimeout(resolve, 3));
}

const Action = 'lambda:InvokeFunction';

export const replaysOfSettings: Readonly<Record<string, LambdaReplay>> = {
  test_add_lambda_permission_aws: async (stage) => {
    const FunctionName = stage.name;
    const input = stage.functionInput({ Environment: { Variables: {} } });
    await stage.step('create_lambda', 'createFunction', input);
    const permission = {
      FunctionName,
      Action,
      StatementId: 's3',
      Principal: 's3.amazonaws.com',
      SourceArn: 'arn:aws:s3:::bucket',
    };
    await stage.step('add_permission', 'addPermission', permission);
    await stage.step('get_policy', 'getPolicy', { FunctionName });
  },
  test_add_lambda_permission_fields: async (stage) => {
    await make(stage);
    const { account } = stage.on.ringwall;
    const add = (label: string, StatementId: string, Principal: string, more: object = {}) =>
      stage.step(label, 'addPermission', { FunctionName: stage.name, Action, StatementId, Principal, ...more });
    const SourceAccount = account;
    await stage.on.iam.createUser({ UserName: 'recorded' });
    await add('add_permission_principal_wildcard', 'wilcard', '*', { SourceAccount });
    await add('add_permission_principal_service', 'lambda', 'lambda.amazonaws.com', { SourceAccount });
    await add('add_permission_principal_account', 'account-id', account);
    await add('add_permission_principal_arn', 'user-arn', `arn:aws:iam::${account}:user/recorded`, { SourceAccount });
    await add('add_permission_optional_fields', 'urlPermission', '*', {
      Action: 'lambda:InvokeFunctionUrl',
      SourceArn: 'arn:aws:s3:::bucket',
      SourceAccount,
      PrincipalOrgID: 'o-1234567890',
      FunctionUrlAuthType: 'NONE',
    });
    const EventSourceToken = 'amzn1.ask.skill.xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
    await add('add_permission_alexa_skill', 'alexaSkill', '*', { EventSourceToken });
  },
  test_create_multiple_lambda_permissions: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    const add = (label: string, StatementId: string) =>
      stage.step(label, 'addPermission', {
        FunctionName,
        Action,
        StatementId,
        Principal: `${StatementId}.amazonaws.com`,
      });
    await add('add_permission_response_1', 'logs');
    await add('add_permission_response_2', 'kinesis');
    await stage.step('policy_after_2_add', 'getPolicy', { FunctionName });
  },
  test_remove_multi_permissions: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    const remove = (label: string, StatementId: string) =>
      stage.step(label, 'removePermission', { FunctionName, StatementId });
    const s3 = { FunctionName, Action, StatementId: 's3', Principal: 's3.amazonaws.com' };
    await stage.step('add_permission_1', 'addPermission', s3);
    const sqs = {
      FunctionName,
      Action,
      StatementId: 'sqs',
      Principal: 'sqs.amazonaws.com',
      SourceArn: 'arn:aws:s3:::bucket',
    };
    await stage.step('add_permission_2', 'addPermission', sqs);
    await stage.step('policy_after_2_add', 'getPolicy', { FunctionName });
    await remove('remove_permission_exception_nonexisting_sid', 'non-existent');
    await stage.call('removePermission', { FunctionName, StatementId: 'sqs' });
    await stage.step('policy_after_removal', 'getPolicy', { FunctionName });
    await stage.step('policy_after_removal_attempt', 'getPolicy', { FunctionName });
    await stage.call('removePermission', { FunctionName, StatementId: 's3' });
    await stage.step('get_policy_exception_removed_all', 'getPolicy', { FunctionName });
  },
  test_permission_exceptions: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    const s3 = { FunctionName, Action, StatementId: 's3', Principal: 's3.amazonaws.com' };
    const add = (label: string, more: object) => stage.step(label, 'addPermission', { ...s3, ...more });
    await add('add_permission_invalid_statement_id', { StatementId: 'example.com' });
    await stage.step('get_policy_fn_doesnotexist', 'getPolicy', { FunctionName: 'doesnotexist' });
    await add('add_permission_fn_doesnotexist', { FunctionName: 'doesnotexist' });
    await stage.step('remove_permission_policy_doesnotexist', 'removePermission', { FunctionName, StatementId: 's3' });
    await stage.step('remove_permission_fn_doesnotexist', 'removePermission', {
      FunctionName: 'doesnotexist',
      StatementId: 's3',
    });
    await add('add_permission_principal_invalid', { Principal: 'invalid.nonaws.com' });
    await stage.step('get_policy_fn_version_doesnotexist', 'getPolicy', { FunctionName, Qualifier: '42' });
    await add('add_permission_fn_version_doesnotexist', { Qualifier: '42' });
    await add('add_permission_fn_alias_doesnotexist', { Qualifier: 'alias-doesnotexist' });
    const gone = { FunctionName, StatementId: 's3', Qualifier: 'alias-doesnotexist' };
    await stage.step('remove_permission_fn_alias_doesnotexist', 'removePermission', gone);
    await add('add_permission_fn_qualifier_mismatch', { FunctionName: `${stage.arn}:alias-not-42`, Qualifier: '42' });
    await add('add_permission_fn_qualifier_valid_doesnotexist', { Qualifier: 'valid-with-$-but-doesnotexist' });
    await add('add_permission_fn_qualifier_invalid', { Qualifier: 'invalid-qualifier-with-?-char' });
    await add('add_permission_fn_qualifier_latest', { Qualifier: '$LATEST' });
    await stage.call('addPermission', s3);
    await add('add_permission_conflicting_statement_id', {});
  },
  test_function_revisions_permissions: async (stage) => {
    await make(stage);
    const s3 = { FunctionName: stage.name, Action, StatementId: 's3', Principal: 's3.amazonaws.com' };
    await stage.step('add_permission_revision_exception', 'addPermission', { ...s3, RevisionId: 'wrong' });
  },
  test_function_concurrency: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    const put = (label: string, ReservedConcurrentExecutions: number) =>
      stage.step(label, 'putFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
    await put('put_function_concurrency_with_reserved_0', 0);
    await put('put_function_concurrency_with_reserved_1', 1);
    await stage.step('get_function_concurrency', 'getFunctionConcurrency', { FunctionName });
    await stage.step('delete_response', 'deleteFunctionConcurrency', { FunctionName });
    await stage.step('get_function_concurrency_after_delete', 'getFunctionConcurrency', { FunctionName });
  },
  test_function_concurrency_exceptions: async (stage) => {
    const put = (label: string, FunctionName: string, ReservedConcurrentExecutions: number) =>
      stage.step(label, 'putFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions });
    await put('put_function_concurrency_with_function_name_doesnotexist', 'doesnotexist', 1);
    await put('put_function_concurrency_with_function_name_doesnotexist_and_invalid_concurrency', 'doesnotexist', 0);
    await make(stage, { Publish: true });
    await put('put_function_concurrency_with_qualified_arn', `${stage.arn}:1`, 1);
  },
  test_function_concurrency_limits: async (stage) => {
    await make(stage);
    const put = (label: string, ReservedConcurrentExecutions: number) =>
      stage.step(label, 'putFunctionConcurrency', { FunctionName: stage.name, ReservedConcurrentExecutions });
    await put('put_function_concurrency_account_limit_exceeded', 1_001);
    await put('put_function_concurrency_below_unreserved_min_value', 901);
  },
  test_provisioned_concurrency_exceptions: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    await stage.step('publish_version_result', 'publishVersion', { FunctionName });
    const ask = (verb: 'get' | 'delete' | 'put', label: string, Qualifier: string, name = FunctionName, wanted = 1) =>
      stage.step(label, `${verb}ProvisionedConcurrencyConfig`, {
        FunctionName: name,
        Qualifier,
        ...(verb === 'put' ? { ProvisionedConcurrentExecutions: wanted } : {}),
      });
    await ask('get', 'get_provisioned_config_doesnotexist', '1');
    await ask('get', 'get_provisioned_functionname_doesnotexist', 'noalias', 'doesnotexist');
    await ask('get', 'get_provisioned_qualifier_doesnotexist', 'noalias');
    await ask('get', 'get_provisioned_version_doesnotexist', '10');
    await ask('get', 'get_provisioned_latest', '$LATEST');
    const list = (label: string, name: string) =>
      stage.step(label, 'listProvisionedConcurrencyConfigs', { FunctionName: name });
    await list('list_provisioned_noconfigs', FunctionName);
    await list('list_provisioned_functionname_doesnotexist', 'doesnotexist');
    await ask('delete', 'delete_provisioned_config_doesnotexist', '1');
    await ask('delete', 'delete_provisioned_functionname_doesnotexist', '1', 'doesnotexist');
    await ask('delete', 'delete_provisioned_qualifier_doesnotexist', 'noalias');
    await ask('delete', 'delete_provisioned_version_doesnotexist', '10');
    await ask('delete', 'delete_provisioned_latest', '$LATEST');
    await ask('put', 'put_provisioned_functionname_doesnotexist_alias', 'noalias', 'doesnotexist');
    await ask('put', 'put_provisioned_functionname_doesnotexist_version', '1', 'doesnotexist');
    await ask('put', 'put_provisioned_qualifier_doesnotexist', 'doesnotexist');
    await ask('put', 'put_provisioned_version_doesnotexist', '10');
    await ask('put', 'put_provisioned_latest', '$LATEST');
    await ask('put', 'put_provisioned_invalid_param_0', '1', FunctionName, 0);
  },
  test_lambda_provisioned_lifecycle: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    await stage.step('publish_version_result', 'publishVersion', { FunctionName });
    await stage.step('create_alias_result', 'createAlias', { FunctionName, FunctionVersion: '1', Name: 'alias' });
    const put = (label: string, Qualifier: string) =>
      stage.step(label, 'putProvisionedConcurrencyConfig', {
        FunctionName,
        Qualifier,
        ProvisionedConcurrentExecutions: 1,
      });
    await put('put_provisioned_on_version', '1');
    await put('put_provisioned_on_alias_versionconflict', 'alias');
    const version = { FunctionName, Qualifier: '1' };
    await stage.step('delete_provisioned_version', 'deleteProvisionedConcurrencyConfig', version);
    await stage.step('get_provisioned_version_postdelete', 'getProvisionedConcurrencyConfig', version);
    await put('put_provisioned_on_alias', 'alias');
    await put('put_provisioned_on_version_conflict', '1');
    await stage.step('delete_alias_result', 'deleteAlias', { FunctionName, Name: 'alias' });
    const alias = { FunctionName, Qualifier: 'alias' };
    await stage.step('get_provisioned_alias_postaliasdelete', 'getProvisionedConcurrencyConfig', alias);
    await stage.step('list_response_postdeletes', 'listProvisionedConcurrencyConfigs', { FunctionName });
    await stage.on.ringwall.settled();
  },
  test_lambda_eventinvokeconfig_lifecycle: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    const put = (label: string, more: object) =>
      stage.step(label, 'putFunctionEventInvokeConfig', { FunctionName, ...more });
    const update = (label: string, more: object) =>
      stage.step(label, 'updateFunctionEventInvokeConfig', { FunctionName, ...more });
    const get = (label: string, more: object = {}) =>
      stage.step(label, 'getFunctionEventInvokeConfig', { FunctionName, ...more });
    const list = (label: string) => stage.step(label, 'listFunctionEventInvokeConfigs', { FunctionName });
    await put('put_invokeconfig_retries_0', { MaximumRetryAttempts: 0 });
    await put('put_invokeconfig_eventage_60', { MaximumEventAgeInSeconds: 60 });
    await update('update_invokeconfig_eventage_nochange', { MaximumEventAgeInSeconds: 60 });
    await update('update_invokeconfig_retries', { MaximumRetryAttempts: 1 });
    await get('get_invokeconfig');
    await get('get_invokeconfig_latest', { Qualifier: '$LATEST' });
    await list('list_single_invokeconfig');
    await stage.step('publish_version_result', 'publishVersion', { FunctionName });
    await get('get_invokeconfig_postpublish', { Qualifier: '1' });
    await put('put_published_invokeconfig', { Qualifier: '1', MaximumEventAgeInSeconds: 120 });
    await get('get_published_invokeconfig', { Qualifier: '1' });
    await stage.call('deleteFunctionEventInvokeConfig', { FunctionName });
    await list('list_paging_nolimit_postdelete');
  },
  test_tag_versions: async (stage) => {
    await make(stage, { Publish: true });
    const tag = (label: string, Resource: string) =>
      stage.step(label, 'tagResource', { Resource, Tags: { key: 'value' } });
    await tag('tag_resource_exception', `${stage.arn}:1`);
    await tag('tag_resource_latest_exception', `${stage.arn}:$LATEST`);
  },
  test_tag_nonexisting_resource: async (stage) => {
    await make(stage);
    const Resource = stage.arn;
    stage.skip('pre_delete_get_function');
    await stage.call('deleteFunction', { FunctionName: stage.name });
    await stage.step('not_found_exception_tag', 'tagResource', { Resource, Tags: { A: 'B' } });
    await stage.step('not_found_exception_untag', 'untagResource', { Resource, TagKeys: ['A'] });
    await stage.step('not_found_exception_list', 'listTags', { Resource });
  },
  test_put_function_recursion_config_allow: async (stage) => {
    await make(stage);
    const FunctionName = stage.name;
    const put = { FunctionName, RecursiveLoop: 'Allow' };
    await stage.step('put_recursion_config_response', 'putFunctionRecursionConfig', put);
    await stage.step('get_recursion_config_response', 'getFunctionRecursionConfig', { FunctionName });
  },
  test_put_function_recursion_config_default_terminate: async (stage) => {
    await make(stage);
    await stage.step('get_recursion_default_terminate_response', 'getFunctionRecursionConfig', {
      FunctionName: stage.name,
    });
  },
  test_put_function_recursion_config_invalid_value: async (stage) => {
    await make(stage);
    const put = { FunctionName: stage.name, RecursiveLoop: 'InvalidValue' };
    await stage.step('put_recursion_invalid_value_error', 'putFunctionRecursionConfig', put);
  },
  test_layer_policy_lifecycle: async (stage) => {
    const LayerName = stage.name;
    const version = { LayerName, VersionNumber: 1 };
    const Content = { ZipFile: packOne('testfile.txt', 'x') };
    const made = { LayerName, Content, CompatibleRuntimes: ['python3.12'], CompatibleArchitectures: ['x86_64'] };
    await stage.step('publish_result', 'publishLayerVersion', made);
    const add = (label: string, StatementId: string, RevisionId?: unknown) =>
      stage.step(label, 'addLayerVersionPermission', {
        ...version,
        StatementId,
        Action: 'lambda:GetLayerVersion',
        Principal: '*',
        ...(RevisionId === undefined ? {} : { RevisionId }),
      });
    const { RevisionId } = await add('add_policy_s1', 's1');
    await stage.step('get_layer_version_policy', 'getLayerVersionPolicy', version);
    await add('add_policy_s2', 's2', RevisionId);
    const { RevisionId: second } = await stage.step(
      'get_layer_version_policy_postadd2',
      'getLayerVersionPolicy',
      version,
    );
    const remove = { ...version, StatementId: 's2', RevisionId: second };
    await stage.step('remove_s2', 'removeLayerVersionPermission', remove);
    await stage.step('get_layer_version_policy_postdeletes2', 'getLayerVersionPolicy', version);
  },
};
