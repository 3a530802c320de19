import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Input } from './api.ts';
import { refuseRuntime } from './engine/runtime-names.ts';
import { keptVariables, readVariables } from './environment-variables.ts';
import { invalidMember, invalidParameter } from './errors.ts';
import { layersOf } from './layer-uses.ts';
import type { Settings } from './records.ts';

type SettingsInput = Input<'UpdateFunctionConfiguration'>;

/** Lambda quotas and defaults (API reference, "CreateFunction"). */
const defaults = { timeout: 3, memorySize: 128, ephemeralStorage: 512 };
const maxTimeout = 900;
const maxMemory = 10_240;

/**
 * The settings after a request, checked. Members that it leaves out stay as they were.
 *
 * @throws ServiceError InvalidParameterValueException, ValidationException
 */
export async function settingsOf(
  ctx: Context,
  functionArn: string,
  input: SettingsInput,
  before: Settings | undefined,
): Promise<Settings> {
  refuseUnserved(input);
  const runtime = input.Runtime ?? before?.runtime;
  const handler = input.Handler ?? before?.handler;
  const role = input.Role ?? before?.role;
  if (runtime === undefined || handler === undefined || role === undefined) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  const refusal = input.Runtime === undefined ? undefined : refuseRuntime(runtime);
  if (refusal !== undefined) throw invalidParameter(refusal);
  const kmsKeyArn = input.KMSKeyArn === undefined ? before?.kmsKeyArn : input.KMSKeyArn || undefined;
  const settings: Omit<Settings, 'environment' | 'layers'> = {
    runtime,
    handler,
    role,
    description: input.Description ?? before?.description ?? '',
    timeout: input.Timeout ?? before?.timeout ?? defaults.timeout,
    memorySize: input.MemorySize ?? before?.memorySize ?? defaults.memorySize,
    ephemeralStorage: input.EphemeralStorage?.Size ?? before?.ephemeralStorage ?? defaults.ephemeralStorage,
    tracing: input.TracingConfig?.Mode ?? before?.tracing ?? 'PassThrough',
    deadLetter:
      input.DeadLetterConfig === undefined ? before?.deadLetter : input.DeadLetterConfig.TargetArn || undefined,
    kmsKeyArn,
    logging: loggingOf(input, before),
    snapStart: input.SnapStart?.ApplyOn ?? before?.snapStart ?? 'None',
  };
  check(settings);
  return {
    ...settings,
    environment: await environmentOf(ctx, functionArn, input, before, kmsKeyArn),
    layers: input.Layers === undefined ? (before?.layers ?? []) : await layersOf(ctx, input.Layers),
  };
}

async function environmentOf(
  ctx: Context,
  functionArn: string,
  input: SettingsInput,
  before: Settings | undefined,
  keyArn: string | undefined,
): Promise<Settings['environment']> {
  if (input.Environment !== undefined) {
    return keptVariables(ctx, functionArn, input.Environment.Variables ?? {}, keyArn);
  }
  const kept = before?.environment;
  if (kept === undefined || keyArn === before?.kmsKeyArn) return kept;
  // The key changed alone: what lies under the old one is encrypted anew.
  return keptVariables(ctx, functionArn, await readVariables(ctx, functionArn, kept), keyArn);
}

function loggingOf({ LoggingConfig: given }: SettingsInput, before: Settings | undefined): Settings['logging'] {
  const old = before?.logging;
  const format = given?.LogFormat ?? old?.format ?? 'Text';
  const levels = format === 'JSON';
  if (!levels && (given?.ApplicationLogLevel !== undefined || given?.SystemLogLevel !== undefined)) {
    throw invalidParameter('To set ApplicationLogLevel or SystemLogLevel, set LogFormat to JSON.');
  }
  return {
    format,
    group: given?.LogGroup ?? old?.group,
    applicationLevel: levels ? (given?.ApplicationLogLevel ?? old?.applicationLevel ?? 'INFO') : undefined,
    systemLevel: levels ? (given?.SystemLogLevel ?? old?.systemLevel ?? 'INFO') : undefined,
  };
}

function check(settings: Omit<Settings, 'environment' | 'layers'>): void {
  const { timeout, memorySize, ephemeralStorage, deadLetter, handler, runtime } = settings;
  if (timeout > maxTimeout) {
    throw invalidMember(timeout, 'timeout', `Member must have value less than or equal to ${maxTimeout}`);
  }
  if (memorySize > maxMemory) {
    throw invalidMember(memorySize, 'memorySize', `Member must have value less than or equal to ${maxMemory}`);
  }
  if (ephemeralStorage < 512 || ephemeralStorage > 10_240) {
    throw invalidMember(ephemeralStorage, 'ephemeralStorage.size', 'Member must have value between 512 and 10240');
  }
  if (deadLetter !== undefined && !/^arn:aws:(sqs|sns):[a-z0-9-]+:\d{12}:.+$/.test(deadLetter)) {
    throw invalidParameter(
      `The provided dead letter target ARN ${deadLetter} is invalid: expected an SQS queue or an SNS topic`,
    );
  }
  if (handler === '' && !runtime.startsWith('provided'))
    throw invalidParameter('handler: expected a name, found nothing');
}

/** Features that are not built are refused, so that nobody relies on them. */
function refuseUnserved(input: SettingsInput): void {
  const { VpcConfig, FileSystemConfigs, ImageConfig, CapacityProviderConfig, DurableConfig } = input;
  if ((VpcConfig?.SubnetIds?.length ?? 0) > 0 || (VpcConfig?.SecurityGroupIds?.length ?? 0) > 0) {
    throw unserved('VpcConfig: functions run on the network of the machine');
  }
  if ((FileSystemConfigs?.length ?? 0) > 0) throw unserved('FileSystemConfigs: there are no file systems to mount');
  if (ImageConfig !== undefined && Object.keys(ImageConfig).length > 0) throw unserved('ImageConfig: container images');
  if (CapacityProviderConfig !== undefined) throw unserved('CapacityProviderConfig: capacity providers');
  if (DurableConfig !== undefined) throw unserved('DurableConfig: durable functions');
}

export function unserved(what: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', `Ringwall does not serve ${what}.`, {
    members: { Type: 'User' },
  });
}
