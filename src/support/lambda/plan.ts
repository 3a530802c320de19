import { randomUUID } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { readCode } from './code.ts';
import { logGroupOf } from './configuration.ts';
import { functionArn, sessionName } from './engine/function-name.ts';
import { readVariables } from './environment-variables.ts';
import type { CodeRef, VersionRow } from './records.ts';
import { fault, type Running } from './running.ts';
import type { PlannedEnvironment } from './sandbox/pool.ts';
import { interpreterOf } from './sandbox/runtimes.ts';
import { commandOf, variablesOf } from './sandbox/variables.ts';

/** How long a session of a function's role lasts; an environment ends before. */
const sessionSeconds = 3_600;

type Place = { readonly account: string; readonly region: string };

/**
 * Makes ready what an environment needs: code, layers, credentials of the role, variables.
 *
 * @throws ServiceError as `Invoke` answers it
 */
export async function planEnvironment(
  running: Running,
  { account, region }: Place,
  row: VersionRow,
  initialization: 'on-demand' | 'provisioned-concurrency',
): Promise<PlannedEnvironment> {
  const { runtime, cache, logs } = running;
  const arn = functionArn(account, region, row.functionName);
  const interpreter = await interpreterOf(row.settings.runtime);
  if (interpreter === undefined && !row.settings.runtime.startsWith('provided')) {
    throw new ServiceError('InvalidRuntimeException', `this machine has nothing that runs ${row.settings.runtime}`);
  }
  const prepared = await runtime.run({ account, region }, 'StartEnvironment', async (ctx) => {
    const read = (refs: readonly CodeRef[]) =>
      cache.unpacked(
        refs.map(({ blob }) => blob),
        (blob) => readCode(ctx, { blob, sha256: '', size: 0 }),
      );
    const [task, opt, bootstrap, tmp] = await Promise.all([
      read([row.code]),
      read(row.settings.layers.map(({ code }) => code)),
      cache.runtime(),
      cache.temporary(),
    ]);
    return {
      rooms: { task, opt, runtime: bootstrap, tmp },
      credentials: await credentialsOf(ctx, row, arn),
      variables: await variables(ctx, row, arn),
      now: ctx.now,
    };
  });
  const { rooms, credentials, now } = prepared;
  const stream = streamName(now, row.version);
  const target = {
    account,
    region,
    functionArn: arn,
    functionName: row.functionName,
    role: row.settings.role,
    group: logGroupOf(row),
    stream,
  };
  const hidden = [runtime.scratch ?? cache.root];
  return {
    rooms: { ...rooms, hidden },
    command: (view) => commandOf(row.settings, interpreter, view),
    variables: (view, runtimeApi) =>
      variablesOf({
        view,
        runtimeApi,
        region,
        row,
        logGroup: target.group,
        logStream: stream,
        initialization,
        credentials,
        endpoint: runtime.endpoint(),
        own: prepared.variables,
      }),
    memoryMb: row.settings.memorySize,
    version: row.version,
    log: (_time, text) => logs.write(target, text),
    fault: (what) => fault(running, arn, what),
    expiresAt: now + sessionSeconds * 1_000,
    gone: () => void cache.remove(rooms.tmp),
  };
}

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

async function credentialsOf(ctx: Context, row: VersionRow, arn: string): Promise<Credentials> {
  const { role } = row.settings;
  const account = role.split(':', 5)[4] ?? '';
  try {
    const { Credentials: given } = await ctx.call(
      'sts',
      'AssumeRole',
      { RoleArn: role, RoleSessionName: sessionName(row.functionName), DurationSeconds: sessionSeconds },
      { as: 'service', account, source: { arn, account: ctx.account } },
    );
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError('AccessDeniedException', 'The role defined for the function cannot be assumed by Lambda.', {
      status: 403,
    });
  }
}

async function variables(ctx: Context, row: VersionRow, arn: string): Promise<Readonly<Record<string, string>>> {
  try {
    return await readVariables(ctx, arn, row.settings.environment, {
      as: { role: row.settings.role, session: sessionName(row.functionName) },
      source: { arn, account: ctx.account },
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const code = error.code.startsWith('AccessDenied') ? 'KMSAccessDeniedException' : kmsErrors[error.code];
    throw new ServiceError(
      code ?? 'KMSInvalidStateException',
      `Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: ${error.code} KMS Message: ${error.message}`,
      { members: { Type: 'User' } },
    );
  }
}

const kmsErrors: Readonly<Record<string, string>> = {
  DisabledException: 'KMSDisabledException',
  NotFoundException: 'KMSNotFoundException',
};

/** @example '2026/01/02/[$LATEST]0123456789abcdef0123456789abcdef' */
function streamName(now: number, version: string): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomUUID().replaceAll('-', '')}`;
}
