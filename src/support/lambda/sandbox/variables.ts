import type { Credentials } from '../plan.ts';
import type { Settings, VersionRow } from '../records.ts';
import type { View } from './isolation.ts';
import type { Interpreter } from './runtimes.ts';

const systemPath = '/usr/local/bin:/usr/bin:/bin';

/** The command of a runtime, with paths as the function sees them. */
export function commandOf(
  { memorySize }: Settings,
  interpreter: Interpreter | undefined,
  { task, opt, runtime }: View,
): readonly string[] {
  if (interpreter === undefined) {
    // A layer may bring the bootstrap ("Building a custom runtime").
    const script = `if [ -x "${task}/bootstrap" ]; then exec "${task}/bootstrap"; fi; exec "${opt}/bootstrap"`;
    return ['/bin/sh', '-c', script];
  }
  const [program = ''] = interpreter.command;
  if (program.includes('python')) return [program, `${runtime}/python.py`];
  // V8 takes what it is given: the rest is for buffers and the runtime itself.
  const heapMb = Math.max(64, Math.floor(memorySize * 0.9));
  return [program, `--max-old-space-size=${heapMb}`, `${runtime}/node.cjs`];
}

export type VariablesInput = {
  readonly view: View;
  readonly runtimeApi: string;
  readonly region: string;
  readonly row: VersionRow;
  readonly logGroup: string;
  readonly logStream: string;
  readonly initialization: string;
  readonly credentials: Credentials;
  /** Of this server; undefined while it does not listen. */
  readonly endpoint: string | undefined;
  /** The function's own. */
  readonly own: Readonly<Record<string, string>>;
};

/** The whole environment of a function's process ("Defined runtime environment variables"). The function's own win where they may. */
export function variablesOf(input: VariablesInput): Readonly<Record<string, string>> {
  const { view, region, row, credentials, endpoint, own } = input;
  const { runtime, memorySize, handler } = row.settings;
  const { task, opt } = view;
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    HOME: view.tmp,
    TMPDIR: view.tmp,
    PATH: `${systemPath}:${opt}/bin`,
    LD_LIBRARY_PATH: `${task}:${task}/lib:${opt}/lib`,
    ...languagePaths(runtime, view),
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
    ...own,
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: task,
    LAMBDA_RUNTIME_DIR: view.runtime,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: row.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: row.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: input.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: input.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: input.initialization,
    AWS_LAMBDA_RUNTIME_API: input.runtimeApi,
  };
}

/** Where a runtime looks for modules: the function's own, then layers. */
function languagePaths(runtime: string, { task, opt }: View): Readonly<Record<string, string>> {
  const [, node] = /^nodejs(\d+)/.exec(runtime) ?? [];
  if (node !== undefined) {
    return { NODE_PATH: `${opt}/nodejs/node${node}/node_modules:${opt}/nodejs/node_modules:${task}` };
  }
  const [, python] = /^python(3\.\d+)/.exec(runtime) ?? [];
  if (python === undefined) return {};
  const paths = `${opt}/python/lib/python${python}/site-packages:${opt}/python`;
  return { PYTHONPATH: paths, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' };
}
