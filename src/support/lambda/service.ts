import type { OperationName } from '#runtime/api-types.ts';
import { type Operations, unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { activeWork } from './active-work.ts';
import { CreateAlias, DeleteAlias, GetAlias, ListAliases, UpdateAlias } from './aliases.ts';
import { runQueuedEvent } from './async-events.ts';
import { dropCodeJob } from './code-keeping.ts';
import {
  DeleteFunctionConcurrency,
  GetAccountSettings,
  GetFunctionConcurrency,
  PutFunctionConcurrency,
} from './concurrency-settings.ts';
import { runDelivery } from './deliveries.ts';
import {
  CreateEventSourceMapping,
  DeleteEventSourceMapping,
  GetEventSourceMapping,
  ListEventSourceMappings,
  UpdateEventSourceMapping,
} from './event-source-mappings.ts';
import {
  GetFunctionCodeSigningConfig,
  GetFunctionRecursionConfig,
  GetRuntimeManagementConfig,
  PutFunctionRecursionConfig,
  PutRuntimeManagementConfig,
} from './function-options.ts';
import { CreateFunction, DeleteFunction, GetFunction, GetFunctionConfiguration, ListFunctions } from './functions.ts';
import { Invoke, InvokeAsync } from './invoke.ts';
import {
  DeleteFunctionEventInvokeConfig,
  GetFunctionEventInvokeConfig,
  ListFunctionEventInvokeConfigs,
  PutFunctionEventInvokeConfig,
  UpdateFunctionEventInvokeConfig,
} from './invoke-configs.ts';
import { AddLayerVersionPermission, GetLayerVersionPolicy, RemoveLayerVersionPermission } from './layer-permissions.ts';
import {
  DeleteLayerVersion,
  GetLayerVersion,
  GetLayerVersionByArn,
  ListLayers,
  ListLayerVersions,
  PublishLayerVersion,
} from './layers.ts';
import { AddPermission, GetPolicy, RemovePermission } from './permissions.ts';
import {
  DeleteProvisionedConcurrencyConfig,
  GetProvisionedConcurrencyConfig,
  ListProvisionedConcurrencyConfigs,
  PutProvisionedConcurrencyConfig,
  runProvision,
} from './provisioned-concurrency.ts';
import {
  aliases,
  functions,
  invokeConfigs,
  layerPolicies,
  layers,
  layerVersions,
  mappings,
  policies,
  provisioned,
  versions,
} from './records.ts';
import { reservedConcurrency } from './reservations.ts';
import { startLambda } from './start.ts';
import { ListTags, TagResource, UntagResource } from './tags.ts';
import { UpdateFunctionCode, UpdateFunctionConfiguration } from './update.ts';
import { ListVersionsByFunction, PublishVersion } from './versions.ts';

const signing = unsupported('code signing needs AWS Signer, which is not part of Ringwall');
const urls = unsupported('function URLs need a host name of their own for each function');
const providers = unsupported('capacity providers are EC2 instances of the account');
const durable = unsupported('durable executions replay functions through the durable execution SDK');

/** Operations of the SDK that the API's model lacks. */
type Newer = 'DeleteResourcePolicy' | 'GetResourcePolicy' | 'PutResourcePolicy';

const operations = {
  AddLayerVersionPermission,
  AddPermission,
  CheckpointDurableExecution: durable,
  CreateAlias,
  CreateCapacityProvider: providers,
  CreateCodeSigningConfig: signing,
  CreateEventSourceMapping,
  CreateFunction,
  CreateFunctionUrlConfig: urls,
  DeleteAlias,
  DeleteCapacityProvider: providers,
  DeleteCodeSigningConfig: signing,
  DeleteEventSourceMapping,
  DeleteFunction,
  DeleteFunctionCodeSigningConfig: signing,
  DeleteFunctionConcurrency,
  DeleteFunctionEventInvokeConfig,
  DeleteFunctionUrlConfig: urls,
  DeleteLayerVersion,
  DeleteProvisionedConcurrencyConfig,
  GetAccountSettings,
  GetAlias,
  GetCapacityProvider: providers,
  GetCodeSigningConfig: signing,
  GetDurableExecution: durable,
  GetDurableExecutionHistory: durable,
  GetDurableExecutionState: durable,
  GetEventSourceMapping,
  GetFunction,
  GetFunctionCodeSigningConfig,
  GetFunctionConcurrency,
  GetFunctionConfiguration,
  GetFunctionEventInvokeConfig,
  GetFunctionRecursionConfig,
  GetFunctionScalingConfig: providers,
  GetFunctionUrlConfig: urls,
  GetLayerVersion,
  GetLayerVersionByArn,
  GetLayerVersionPolicy,
  GetPolicy,
  GetProvisionedConcurrencyConfig,
  GetRuntimeManagementConfig,
  Invoke,
  InvokeAsync,
  InvokeWithResponseStream: unsupported('answers are handed over whole, not streamed'),
  ListAliases,
  ListCapacityProviders: providers,
  ListCodeSigningConfigs: signing,
  ListDurableExecutionsByFunction: durable,
  ListEventSourceMappings,
  ListFunctionEventInvokeConfigs,
  ListFunctions,
  ListFunctionsByCodeSigningConfig: signing,
  ListFunctionUrlConfigs: urls,
  ListFunctionVersionsByCapacityProvider: providers,
  ListLayers,
  ListLayerVersions,
  ListProvisionedConcurrencyConfigs,
  ListTags,
  ListVersionsByFunction,
  PublishLayerVersion,
  PublishVersion,
  PutFunctionCodeSigningConfig: signing,
  PutFunctionConcurrency,
  PutFunctionEventInvokeConfig,
  PutFunctionRecursionConfig,
  PutFunctionScalingConfig: providers,
  PutProvisionedConcurrencyConfig,
  PutRuntimeManagementConfig,
  RemoveLayerVersionPermission,
  RemovePermission,
  SendDurableExecutionCallbackFailure: durable,
  SendDurableExecutionCallbackHeartbeat: durable,
  SendDurableExecutionCallbackSuccess: durable,
  StopDurableExecution: durable,
  TagResource,
  UntagResource,
  UpdateAlias,
  UpdateCapacityProvider: providers,
  UpdateCodeSigningConfig: signing,
  UpdateEventSourceMapping,
  UpdateFunctionCode,
  UpdateFunctionConfiguration,
  UpdateFunctionEventInvokeConfig,
  UpdateFunctionUrlConfig: urls,
} satisfies Operations<'lambda', Exclude<OperationName<'lambda'>, Newer>>;

export const lambda: Service = {
  name: 'lambda',
  prefix: 'lambda',
  host: 'lambda.amazonaws.com',
  operations,
  collections: [
    activeWork,
    aliases,
    functions,
    invokeConfigs,
    layerPolicies,
    layers,
    layerVersions,
    mappings,
    policies,
    provisioned,
    reservedConcurrency,
    versions,
  ],
  jobs: { event: runQueuedEvent, deliver: runDelivery, 'drop-code': dropCodeJob, provision: runProvision },
  start: startLambda,
};
