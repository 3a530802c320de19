import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { awsCli, cleanEnvironment } from '../../../test/harness/process.ts';
import { openTestLambda, refused, type TestLambda } from './client-for-tests.ts';
import { pack, packOne } from './zip/pack-for-tests.ts';

const answering = (text: string) =>
  `export const handler = async (e, c) => ({ text: ${JSON.stringify(text)}, version: c.functionVersion, arn: c.invokedFunctionArn });`;

describe('functions', () => {
  let on: TestLambda;
  before(async () => {
    on = await openTestLambda();
  });
  after(() => on.stop());

  test('versions stay as they were; aliases move', async () => {
    await on.make('versioned', answering('one'));
    await on.lambda.publishVersion({ FunctionName: 'versioned' });
    await on.lambda.updateFunctionCode({ FunctionName: 'versioned', ZipFile: packOne('index.mjs', answering('two')) });
    await on.lambda.publishVersion({ FunctionName: 'versioned' });
    await on.lambda.createAlias({ FunctionName: 'versioned', Name: 'live', FunctionVersion: '1' });
    assert.deepEqual((await on.call('versioned:live')).value, {
      text: 'one',
      version: '1',
      arn: `${on.arn('versioned')}:live`,
    });
    assert.equal((await on.call('versioned')).value.text, 'two');
    await on.lambda.updateAlias({ FunctionName: 'versioned', Name: 'live', FunctionVersion: '2' });
    assert.equal((await on.call('versioned:live')).version, '2');
    await on.lambda.updateAlias({
      FunctionName: 'versioned',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { 1: 1 } },
    });
    assert.equal((await on.call('versioned:live')).version, '1');
    await refused(
      on.lambda.deleteFunction({ FunctionName: 'versioned', Qualifier: '1' }),
      'ResourceConflictException',
      /point to it/,
    );
  });

  test('new settings and code reach the next event; warm environments are kept', async () => {
    const code =
      'let n = 0; export const handler = async () => ({ n: ++n, mine: process.env.MINE, pid: process.pid });';
    await on.make('changing', code, { Environment: { Variables: { MINE: 'a' } } });
    assert.deepEqual([(await on.call('changing')).value.n, (await on.call('changing')).value.n], [1, 2]);
    await on.lambda.updateFunctionConfiguration({
      FunctionName: 'changing',
      Environment: { Variables: { MINE: 'b' } },
    });
    const { value } = await on.call('changing');
    assert.deepEqual([value.n, value.mine], [1, 'b']);
  });

  test('an environment ends before its credentials do', async () => {
    await on.make('hourly', 'let n = 0; export const handler = async () => [++n, process.env.AWS_ACCESS_KEY_ID];');
    const [, key] = (await on.call('hourly')).value;
    await on.ringwall.advance(3_599_000);
    const [n, renewed] = (await on.call('hourly')).value;
    assert.equal(n, 1);
    assert.notEqual(renewed, key);
  });

  test('many run at once', async () => {
    await on.make(
      'many',
      'export const handler = async (e) => { await new Promise((r) => setTimeout(r, 200)); return e; };',
    );
    const values = await Promise.all([1, 2, 3, 4, 5].map(async (n) => (await on.call('many', n)).value));
    assert.deepEqual(values, [1, 2, 3, 4, 5]);
  });

  test('provisioned environments are warm', async () => {
    await on.make(
      'warm',
      'const began = Date.now(); export const handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;',
      { Publish: true },
    );
    const warm = { FunctionName: 'warm', Qualifier: '1' };
    const { Status } = await on.lambda.putProvisionedConcurrencyConfig({ ...warm, ProvisionedConcurrentExecutions: 2 });
    assert.equal(Status, 'IN_PROGRESS');
    await on.ringwall.settled();
    const { $metadata: _, LastModified: __, ...config } = await on.lambda.getProvisionedConcurrencyConfig(warm);
    assert.deepEqual(config, {
      RequestedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 2,
      Status: 'READY',
    });
    assert.equal((await on.call('warm:1')).value, 'provisioned-concurrency');
    await on.make('cold', 'throw new Error("never");', { Publish: true });
    await on.lambda.putProvisionedConcurrencyConfig({
      FunctionName: 'cold',
      Qualifier: '1',
      ProvisionedConcurrentExecutions: 1,
    });
    await on.ringwall.settled();
    const failed = await on.lambda.getProvisionedConcurrencyConfig({ FunctionName: 'cold', Qualifier: '1' });
    assert.deepEqual([failed.Status, failed.StatusReason], ['FAILED', 'FUNCTION_ERROR_INIT_FAILURE']);
  });

  test('variables under a customer’s key', async () => {
    const kms = new KMS(on.ringwall.client);
    const { KeyMetadata } = await kms.createKey({});
    const KMSKeyArn = KeyMetadata?.Arn ?? '';
    const made = { Environment: { Variables: { TOKEN: 'kept secret' } }, KMSKeyArn };
    await on.make('sealed', 'export const handler = async () => process.env.TOKEN;', made);
    const { Environment } = await on.lambda.getFunctionConfiguration({ FunctionName: 'sealed' });
    assert.deepEqual(Environment, { Variables: { TOKEN: 'kept secret' } });
    await refused(
      on.call('sealed'),
      'KMSAccessDeniedException',
      /^Lambda was unable to decrypt the environment variables/,
    );
    const Statement = [
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: KMSKeyArn,
        Condition: { StringEquals: { 'kms:EncryptionContext:aws:lambda:FunctionArn': on.arn('sealed') } },
      },
    ];
    await on.iam.putRolePolicy({
      RoleName: 'function',
      PolicyName: 'kms',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    assert.equal((await on.call('sealed')).value, 'kept secret');
    kms.destroy();
  });

  test('code from S3', async () => {
    const s3 = new S3({ ...on.ringwall.client, forcePathStyle: true });
    await s3.createBucket({ Bucket: 'code' });
    const Body = packOne('index.mjs', answering('from a bucket'));
    await s3.putObject({ Bucket: 'code', Key: 'a.zip', Body });
    await on.make('bucket', '', { Code: { S3Bucket: 'code', S3Key: 'a.zip' } });
    const { CodeSha256, CodeSize } = await on.lambda.getFunctionConfiguration({ FunctionName: 'bucket' });
    assert.deepEqual([CodeSha256, CodeSize], [createHash('sha256').update(Body).digest('base64'), Body.length]);
    assert.equal((await on.call('bucket')).value.text, 'from a bucket');
    // Recorded: test_lambda_code_location_s3_errors.
    const from = (S3Bucket: string, S3Key: string) => on.make('none', '', { Code: { S3Bucket, S3Key } });
    const wrong = 'InvalidParameterValueException';
    await refused(
      from('code', 'none'),
      wrong,
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    );
    await refused(
      from('none', 'a.zip'),
      wrong,
      'Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist',
    );
    s3.destroy();
  });

  test('hostile archives are refused', async () => {
    const refuse = (ZipFile: Uint8Array, message: string | RegExp) =>
      refused(on.make('hostile', '', { Code: { ZipFile } }), 'InvalidParameterValueException', message);
    const unreadable = 'Could not unzip uploaded file. Please check your file, then try to upload again.';
    await refuse(Buffer.from('no archive'), unreadable);
    await refuse(pack([{ path: '../../etc/evil', content: 'x' }]), unreadable);
    await refuse(pack([{ path: 'link', content: '/etc/passwd', mode: 0o120777 }]), unreadable);
    await refuse(
      pack([{ path: 'bomb', content: 'x', claim: { size: 262_144_001 } }]),
      'Unzipped size must be smaller than 262144000 bytes',
    );
  });

  test('what is not served is refused', async () => {
    const wrong = 'InvalidParameterValueException';
    await refused(on.make('x', '', { Runtime: 'java21' }), wrong, /not served here/);
    await refused(
      on.make('x', '', { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } }),
      wrong,
      /VpcConfig/,
    );
    await refused(on.make('x', '', { PackageType: 'Image', Code: { ImageUri: 'a' } }), wrong, /container images/);
    await refused(on.make('x', '', { Timeout: 901 }), 'ValidationException', /less than or equal to 900$/);
    await refused(
      on.lambda.createFunctionUrlConfig({ FunctionName: 'x', AuthType: 'NONE' }),
      'UnsupportedOperation',
      /function URLs/,
    );
  });

  test('logs reach CloudWatch Logs as far as the role may', async () => {
    const Statement = [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }];
    await on.iam.putRolePolicy({
      RoleName: 'function',
      PolicyName: 'logs',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    await on.make('logging', 'export const handler = async () => { console.log("seen\\ntwice"); };');
    await on.call('logging');
    const logs = new CloudWatchLogs(on.ringwall.client);
    const deadline = performance.now() + 10_000;
    let messages: string[] = [];
    while (messages.length < 4 && performance.now() < deadline) {
      const { events = [] } = await logs
        .filterLogEvents({ logGroupName: '/aws/lambda/logging' })
        .catch(() => ({ events: [] }));
      messages = events.map(({ message = '' }) => message);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    logs.destroy();
    assert.deepEqual(
      messages.map((message) => message.split(/[ \t]/, 1)[0]).map((word) => (/^\d/.test(word ?? '') ? 'line' : word)),
      ['START', 'line', 'END', 'REPORT'],
    );
    assert.match(messages[1] ?? '', /INFO\tseen\ntwice$/);
  });

  test('the stock command line', { skip: awsCli() === undefined && 'the aws CLI is not installed' }, async () => {
    const { accessKeyId, secretAccessKey } = on.ringwall.root;
    const env = {
      ...cleanEnvironment(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: on.ringwall.endpoint,
      AWS_PAGER: '',
    };
    await on.make('by-cli', answering('cli'));

    // The server is in this process: it must not wait for the command.
    const run = (args: string[]) =>
      new Promise<string>((resolve) => {
        const child = spawn('aws', args, { env });
        let text = '';
        child.stdout.on('data', (chunk) => (text += chunk));
        child.once('close', () => resolve(text));
      });
    const args = ['lambda', 'invoke', '--function-name', 'by-cli', '--payload', '{}', '/dev/null'];
    assert.equal(JSON.parse(await run(args)).StatusCode, 200);
    const { Configuration } = JSON.parse(await run(['lambda', 'get-function', '--function-name', 'by-cli']));
    assert.equal(Configuration.State, 'Active');
  });
});
