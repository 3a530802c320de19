import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openTestLambda, type TestLambda } from './client-for-tests.ts';
import { pack, packOne } from './zip/pack-for-tests.ts';

const hasPython = spawnSync('python3', ['-c', '']).status === 0;
const sdk = join(import.meta.dirname, '../../../node_modules/@aws-sdk/client-sts');

describe('runtimes', () => {
  let on: TestLambda;
  before(async () => {
    on = await openTestLambda();
  });
  after(() => on.stop());

  describe('Node', () => {
    const commonJs = async (name: string, code: string) => {
      await on.make(name, [{ path: 'index.js', content: code }]);
      return on.call(name, { n: 2 });
    };

    test('CommonJS, by callback', async () => {
      const { value } = await commonJs(
        'callback',
        'exports.handler = (event, context, done) => setTimeout(() => done(null, event.n * 2), 5);',
      );
      assert.equal(value, 4);
    });

    test('an error by callback', async () => {
      const { value, error } = await commonJs(
        'callback-error',
        'exports.handler = (e, c, done) => done(new RangeError("far"));',
      );
      assert.equal(error, 'Unhandled');
      assert.equal(value.errorType, 'RangeError');
    });

    test('a callback waits for what is left to do, unless it is told not to', async () => {
      const code = (wait: boolean) => `let left = 0;
        exports.handler = (e, context, done) => { context.callbackWaitsForEmptyEventLoop = ${wait}; setTimeout(() => { left += 1; }, 80); done(null, left); };`;
      await on.make('waits', [{ path: 'index.js', content: code(true) }]);
      await on.call('waits');
      assert.equal((await on.call('waits')).value, 1);
    });

    test('handlers in folders and objects; modules of a layer', async () => {
      const layer = pack([{ path: 'nodejs/node_modules/part/index.js', content: 'module.exports = 42;' }]);
      const { LayerVersionArn } = await on.lambda.publishLayerVersion({
        LayerName: 'part',
        Content: { ZipFile: layer },
      });
      await on.make('deep', [{ path: 'lib/main.js', content: 'exports.api = { run: async () => require("part") };' }], {
        Handler: 'lib/main.api.run',
        Layers: [LayerVersionArn ?? ''],
      });
      assert.equal((await on.call('deep')).value, 42);
    });

    const broken: readonly (readonly [string, string, string, string, RegExp])[] = [
      ['no-module', 'other.handler', 'exports.handler = 1', 'Runtime.ImportModuleError', /Cannot find module 'other'/],
      [
        'no-handler',
        'index.none',
        'exports.handler = 1',
        'Runtime.HandlerNotFound',
        /index\.none is undefined or not exported/,
      ],
      ['bad-syntax', 'index.handler', 'exports.handler = (', 'Runtime.UserCodeSyntaxError', /SyntaxError/],
      ['throws-early', 'index.handler', 'throw new Error("early")', 'Error', /early/],
      [
        'rejects',
        'index.handler',
        'exports.handler = async () => { Promise.reject(new Error("lost")); await new Promise(() => {}); }',
        'Runtime.UnhandledPromiseRejection',
        /lost/,
      ],
    ];
    for (const [name, handler, code, type, message] of broken) {
      test(`${name} is told as AWS tells it`, async () => {
        await on.make(name, [{ path: 'index.js', content: code }], { Handler: handler });
        const { value, error } = await on.call(name);
        assert.equal(error, 'Unhandled');
        assert.equal(value.errorType, type);
        assert.match(value.errorMessage, message);
      });
    }

    // A function has a /tmp of its own.
    const unseen = sdk.startsWith('/tmp/') ? 'the SDK lies below /tmp, which a function does not see' : false;
    test('the SDK inside finds this server, and is the function’s role', { skip: unseen }, async () => {
      const code = `const { STS } = require(${JSON.stringify(sdk)}); exports.handler = async () => { const { Arn } = await new STS().getCallerIdentity(); return Arn; };`;
      await on.make('identity', [{ path: 'index.js', content: code }], { Timeout: 20, MemorySize: 512 });
      const { value } = await on.call('identity');
      assert.equal(value, `arn:aws:sts::${on.ringwall.account}:assumed-role/function/identity`);
    });

    test('the environment is the function’s alone', async () => {
      process.env.RINGWALL_TEST_SECRET = 'secret';
      await on.make('environment', 'export const handler = async () => process.env;', {
        Environment: { Variables: { MINE: 'yes' } },
      });
      const { value } = await on.call('environment');
      delete process.env.RINGWALL_TEST_SECRET;
      const given = Object.keys(value).sort();
      assert.deepEqual(
        given,
        [
          'AWS_ACCESS_KEY_ID',
          'AWS_DEFAULT_REGION',
          'AWS_ENDPOINT_URL',
          'AWS_EXECUTION_ENV',
          'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
          'AWS_LAMBDA_FUNCTION_NAME',
          'AWS_LAMBDA_FUNCTION_VERSION',
          'AWS_LAMBDA_INITIALIZATION_TYPE',
          'AWS_LAMBDA_LOG_GROUP_NAME',
          'AWS_LAMBDA_LOG_STREAM_NAME',
          'AWS_LAMBDA_RUNTIME_API',
          'AWS_REGION',
          'AWS_SECRET_ACCESS_KEY',
          'AWS_SESSION_TOKEN',
          'HOME',
          'LAMBDA_RUNTIME_DIR',
          'LAMBDA_TASK_ROOT',
          'LANG',
          'LD_LIBRARY_PATH',
          'MINE',
          'NODE_PATH',
          'PATH',
          'TMPDIR',
          'TZ',
          '_HANDLER',
          '_X_AMZN_TRACE_ID',
          ...(given.includes('PWD') ? ['PWD'] : []),
        ].sort(),
      );
      assert.equal(value.AWS_EXECUTION_ENV, 'AWS_Lambda_nodejs22.x');
      assert.match(value.AWS_LAMBDA_LOG_STREAM_NAME, /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
      assert.match(value._X_AMZN_TRACE_ID, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    });
  });

  describe('Python', { skip: !hasPython && 'python3 is not installed' }, () => {
    const Runtime = 'python3.12';

    test('handler, context, log', async () => {
      const code = `import logging
logging.getLogger().setLevel(logging.INFO)
def handler(event, context):
    print("hello")
    logging.info("two\\nlines")
    c = context
    return {"event": event, "id": c.aws_request_id, "name": c.function_name, "memory": c.memory_limit_in_mb, "arn": c.invoked_function_arn, "left": c.get_remaining_time_in_millis(), "client": c.client_context.custom}
`;
      await on.make('python', code, { Runtime });
      const ClientContext = Buffer.from(JSON.stringify({ custom: { a: 'ü' } })).toString('base64');
      const { value, log } = await on.call('python', { a: 1 }, { ClientContext });
      assert.deepEqual(
        [value.event, value.name, value.memory, value.arn, value.client],
        [{ a: 1 }, 'python', '128', on.arn('python'), { a: 'ü' }],
      );
      assert.ok(value.left > 0);
      assert.match(log, /\nhello\n/);
      assert.match(log, new RegExp(`\\[INFO\\]\t\\S+Z\t${value.id}\ttwo\nlines\n`));
    });

    test('errors with their stack', async () => {
      await on.make('python-error', 'def handler(event, context):\n    raise Exception("Handler fails")\n', {
        Runtime,
      });
      const { value, error, log } = await on.call('python-error');
      assert.equal(error, 'Unhandled');
      assert.equal(value.errorType, 'Exception');
      assert.equal(value.errorMessage, 'Handler fails');
      assert.match(
        value.stackTrace[0],
        /^ {2}File ".*app\.py", line 2, in handler\n {4}raise Exception\("Handler fails"\)\n$/,
      );
      assert.match(log, /\[ERROR\] Exception: Handler fails\nTraceback \(most recent call last\):\n/);
    });

    test('modules that cannot be loaded', async () => {
      await on.make('python-import', 'import nothing_there\n', { Runtime });
      const { value } = await on.call('python-import');
      assert.equal(value.errorType, 'Runtime.ImportModuleError');
      assert.equal(value.errorMessage, "Unable to import module 'app': No module named 'nothing_there'");
    });

    test('answers that are no JSON', async () => {
      await on.make('python-set', 'def handler(e, c):\n    return {1, 2}\n', { Runtime });
      assert.equal((await on.call('python-set')).value.errorType, 'Runtime.MarshalError');
    });
  });

  describe('custom runtimes', () => {
    const bootstrap = `#!/bin/sh
while true; do
  curl -sS -D /tmp/head -o /tmp/event "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next"
  id=$(grep -i '^lambda-runtime-aws-request-id' /tmp/head | tr -d '\\r' | cut -d' ' -f2)
  echo "got $id"
  curl -sS -X POST --data-binary @/tmp/event "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" > /dev/null
done
`;
    const curl = spawnSync('curl', ['--version']).status === 0;

    test('a shell script speaks the Runtime API', { skip: !curl && 'curl is not installed' }, async () => {
      await on.make('shell', [{ path: 'bootstrap', content: bootstrap, mode: 0o100755 }], {
        Runtime: 'provided.al2023',
        Timeout: 10,
      });
      assert.deepEqual((await on.call('shell', { a: [1] })).value, { a: [1] });
      assert.deepEqual((await on.call('shell', 7)).value, 7);
    });

    test('without a bootstrap it ends at once', async () => {
      await on.lambda.createFunction({
        FunctionName: 'bare',
        Role: on.role,
        Runtime: 'provided.al2',
        Handler: 'x',
        Code: { ZipFile: packOne('a', '') },
      });
      const { value, error } = await on.call('bare');
      assert.equal(error, 'Unhandled');
      assert.equal(value.errorType, 'Runtime.ExitError');
      assert.match(value.errorMessage, /Runtime exited with error: exit status 12[67]$/);
    });
  });
});
