import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { awsCli, remove, aws as run, type Spawned, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

const skip = awsCli() === undefined ? 'the aws CLI is not installed' : false;

/** Parameter Store as people use it: the stock `aws` CLI against the program in a process of its own. */
describe('aws ssm', { skip }, () => {
  const directory = temporaryDirectory();
  let server: Spawned;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    server = await spawnRingwall(join(directory, 'data'), '--log-level', 'error');
    const config = join(directory, 'config');
    // Version 1 of the CLI fetches values that look like URLs unless told not to.
    writeFileSync(config, '[default]\ncli_follow_urlparam = false\nregion = us-east-1\n');
    env = { ...server.env, AWS_CONFIG_FILE: config };
  });
  after(async () => {
    await server.stop();
    remove(directory);
  });

  /** Output of a command that must succeed, shaped by a JMESPath query. */
  const ssm = (query: string, ...args: string[]): unknown => {
    const ran = run(env, 'ssm', ...args, '--query', query, '--output', 'json');
    assert.equal(ran.status, 0, `aws ssm ${args.join(' ')}: ${ran.stderr}`);
    return ran.json;
  };
  const put = (name: string, value: string, ...more: string[]) =>
    ssm('[Version,Tier]', 'put-parameter', '--name', name, '--value', value, ...more);
  const refused = (code: string, ...args: string[]) => {
    const ran = run(env, 'ssm', ...args);
    assert.notEqual(ran.status, 0, `aws ssm ${args.join(' ')} should have been refused: ${ran.stdout}`);
    assert.match(ran.stderr, new RegExp(`An error occurred \\(${code}\\)`));
  };

  test('put, overwrite, history, labels and selectors', () => {
    assert.deepEqual(put('/shop/db/url', 'http://db.internal/1', '--type', 'String'), [1, 'Standard']);
    refused('ParameterAlreadyExists', 'put-parameter', '--name', '/shop/db/url', '--value', 'x', '--type', 'String');
    assert.deepEqual(put('/shop/db/url', 'http://db.internal/2', '--overwrite'), [2, 'Standard']);
    assert.equal(ssm('Parameter.Value', 'get-parameter', '--name', '/shop/db/url'), 'http://db.internal/2');
    assert.deepEqual(
      ssm(
        '[InvalidLabels,ParameterVersion]',
        'label-parameter-version',
        '--name',
        '/shop/db/url',
        '--parameter-version',
        '1',
        '--labels',
        'stable',
        '9bad',
      ),
      [['9bad'], 1],
    );
    for (const [selector, version] of [
      [':stable', 1],
      [':2', 2],
    ] as const) {
      assert.deepEqual(ssm('Parameter.[Version,Selector]', 'get-parameter', '--name', `/shop/db/url${selector}`), [
        version,
        selector,
      ]);
    }
    assert.deepEqual(
      ssm('Parameters[].[Version,Value,Labels]', 'get-parameter-history', '--name', '/shop/db/url', '--page-size', '1'),
      [
        [1, 'http://db.internal/1', ['stable']],
        [2, 'http://db.internal/2', []],
      ],
    );
    refused('ParameterVersionNotFound', 'get-parameter', '--name', '/shop/db/url:7');
    refused('ParameterNotFound', 'get-parameter', '--name', '/shop/absent');
  });

  test('a secret is read with decryption only', () => {
    put('/shop/db/password', 'p#sW*rd33', '--type', 'SecureString');
    assert.notEqual(ssm('Parameter.Value', 'get-parameter', '--name', '/shop/db/password'), 'p#sW*rd33');
    assert.equal(
      ssm('Parameter.Value', 'get-parameter', '--name', '/shop/db/password', '--with-decryption'),
      'p#sW*rd33',
    );
    assert.ok(!server.log().includes('p#sW*rd33'));
  });

  test('a hierarchy is walked page by page, with filters', () => {
    for (let index = 0; index < 5; index += 1)
      put(`/tree/leaf${String(index).padStart(2, '0')}`, 'v', '--type', 'String');
    put('/tree/deep/list', 'a,b', '--type', 'StringList');
    const walk = (...more: string[]) => ssm('length(Parameters)', 'get-parameters-by-path', '--path', '/tree', ...more);
    assert.equal(walk(), 5);
    assert.equal(walk('--recursive'), 6);
    assert.equal(walk('--recursive', '--parameter-filters', 'Key=Type,Values=StringList'), 1);
    ssm('@', 'label-parameter-version', '--name', '/tree/leaf03', '--labels', 'live');
    assert.deepEqual(
      ssm(
        'Parameters[].Name',
        'get-parameters-by-path',
        '--path',
        '/tree',
        '--parameter-filters',
        'Key=Label,Values=live',
      ),
      ['/tree/leaf03'],
    );
    assert.deepEqual(
      ssm(
        'Parameters[].Name',
        'describe-parameters',
        '--parameter-filters',
        'Key=Name,Option=Contains,Values=leaf0',
        'Key=Tier,Values=Standard',
      ),
      [0, 1, 2, 3, 4].map((index) => `/tree/leaf0${index}`),
    );
  });

  test('tags, tiers and policies are told by describe-parameters', () => {
    const policies = '[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}]';
    assert.deepEqual(
      put(
        'advanced',
        'v',
        '--type',
        'String',
        '--tier',
        'Intelligent-Tiering',
        '--policies',
        policies,
        '--tags',
        'Key=team,Value=core',
      ),
      [1, 'Advanced'],
    );
    assert.deepEqual(
      ssm(
        'Parameters[].[Name,Policies[0].PolicyType]',
        'describe-parameters',
        '--parameter-filters',
        'Key=tag:team,Values=core',
      ),
      [['advanced', 'NoChangeNotification']],
    );
  });

  test('what is deleted is gone', () => {
    assert.deepEqual(
      ssm('[DeletedParameters,InvalidParameters]', 'delete-parameters', '--names', '/tree/leaf00', '/tree/none'),
      [['/tree/leaf00'], ['/tree/none']],
    );
    assert.equal(run(env, 'ssm', 'delete-parameter', '--name', '/tree/leaf01').status, 0);
    refused('ParameterNotFound', 'delete-parameter', '--name', '/tree/leaf01');
    assert.deepEqual(ssm('InvalidParameters', 'get-parameters', '--names', '/tree/leaf01', '/tree/leaf02'), [
      '/tree/leaf01',
    ]);
  });
});
