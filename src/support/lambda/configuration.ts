import { createHash } from 'node:crypto';
import type { Output } from '#runtime/api-types.ts';
import type { Context } from '#runtime/context.ts';
import { shownVariables } from './environment-variables.ts';
import type { VersionRow } from './records.ts';

type Configuration = Output<'lambda', 'GetFunctionConfiguration'>;

/** True in the answer to the change itself: from the next millisecond on the function is there. */
function onItsWay(row: VersionRow, now: number): boolean {
  return now <= row.change.at;
}

/** The revision that clients see now. It changes when a change is done, as in AWS (recordings). */
export function revisionOf(row: VersionRow, now: number): string {
  return onItsWay(row, now) ? row.change.revisionId : row.revisionId;
}

/** A function's settings as answers show them. @param arn with the qualifier that was asked for */
export async function shown(ctx: Context, row: VersionRow, arn: string): Promise<Configuration> {
  return { ...(await listed(ctx, row, arn)), ...stateOf(row, ctx.now) };
}

/** As lists show it: without states. */
export async function listed(ctx: Context, row: VersionRow, arn: string): Promise<Configuration> {
  const { code, settings, architecture } = row;
  const { environment, logging } = settings;
  const whole = `arn:aws:lambda:${ctx.region}:${arn.split(':')[4]}:function:${row.functionName}`;
  return {
    FunctionName: row.functionName,
    FunctionArn: arn,
    Runtime: settings.runtime as never,
    Role: settings.role,
    Handler: settings.handler,
    CodeSize: code.size,
    CodeSha256: code.sha256,
    Description: settings.description,
    Timeout: settings.timeout,
    MemorySize: settings.memorySize,
    LastModified: lambdaTime(row.modified),
    Version: row.version,
    TracingConfig: { Mode: settings.tracing },
    RevisionId: revisionOf(row, ctx.now),
    PackageType: 'Zip',
    Architectures: [architecture],
    EphemeralStorage: { Size: settings.ephemeralStorage },
    SnapStart: { ApplyOn: settings.snapStart, OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeArn(ctx.region, settings.runtime) },
    LoggingConfig: {
      LogFormat: logging.format,
      LogGroup: logGroupOf(row),
      ...(logging.applicationLevel === undefined ? {} : { ApplicationLogLevel: logging.applicationLevel as never }),
      ...(logging.systemLevel === undefined ? {} : { SystemLogLevel: logging.systemLevel as never }),
    },
    ...(environment === undefined ? {} : { Environment: await shownVariables(ctx, whole, environment) }),
    ...(settings.kmsKeyArn === undefined ? {} : { KMSKeyArn: settings.kmsKeyArn }),
    ...(settings.deadLetter === undefined ? {} : { DeadLetterConfig: { TargetArn: settings.deadLetter } }),
    ...(settings.layers.length === 0
      ? {}
      : { Layers: settings.layers.map((layer) => ({ Arn: layer.arn, CodeSize: layer.code.size })) }),
  };
}

export function logGroupOf(row: VersionRow): string {
  return row.settings.logging.group ?? `/aws/lambda/${row.functionName}`;
}

function stateOf(row: VersionRow, now: number): Partial<Configuration> {
  if (!onItsWay(row, now)) return { State: 'Active', LastUpdateStatus: 'Successful' };
  const text = 'The function is being created.';
  if (row.change.kind === 'created') return { State: 'Pending', StateReason: text, StateReasonCode: 'Creating' };
  return {
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: text,
    LastUpdateStatusReasonCode: 'Creating' as never,
  };
}

/** Names the runtime, as AWS names its builds. */
export function runtimeArn(region: string, runtime: string): string {
  return `arn:aws:lambda:${region}::runtime:${createHash('sha256').update(runtime).digest('hex')}`;
}

/** @example '2026-01-02T03:04:05.678+0000' */
export function lambdaTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

/** The ARN that answers show: with the qualifier where one was asked for. */
export function shownArn(arn: string, qualifier: string | undefined): string {
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
