// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like template placeholders
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../compile.ts';
import { readPolicy } from './read.ts';
import { validatePolicy } from './validate.ts';

const STATEMENT = { Effect: 'Allow', Action: 's3:*', Resource: '*' };

test('a single value stands for a list of one', () => {
  const one = readPolicy({ Version: '2012-10-17', Statement: STATEMENT });
  const list = readPolicy({ Version: '2012-10-17', Statement: [{ ...STATEMENT, Action: ['s3:*'], Resource: ['*'] }] });
  assert.ok(one.ok && list.ok);
  assert.deepEqual(one.policy.statements[0]?.actions, list.policy.statements[0]?.actions);
});

test('a document without a version is of 2008-10-17', () => {
  const reading = readPolicy({ Statement: STATEMENT });
  assert.ok(reading.ok);
  assert.deepEqual([reading.policy.version, reading.policy.versionStated], ['2008-10-17', false]);
});

test('unquoted condition values become text', () => {
  const reading = readPolicy({
    Statement: { ...STATEMENT, Condition: { Bool: { a: true }, NumericEquals: { b: [1, '2'] } } },
  });
  assert.ok(reading.ok);
  assert.deepEqual(reading.policy.statements[0]?.conditions, [
    { operator: 'Bool', key: 'a', values: ['true'] },
    { operator: 'NumericEquals', key: 'b', values: ['1', '2'] },
  ]);
});

test('statements know their place in the text', () => {
  const text = '{\n "Version": "2012-10-17",\n "Statement": [\n  {"Effect":"Allow","Action":"*","Resource":"*"}\n ]\n}';
  const reading = readPolicy(text);
  assert.ok(reading.ok);
  const [statement] = reading.policy.statements;
  assert.deepEqual(
    [statement?.start, statement?.end],
    [
      { line: 4, column: 3 },
      { line: 4, column: 49 },
    ],
  );
});

test('both spellings of everyone are one', () => {
  for (const Principal of ['*', { AWS: '*' }, { AWS: ['*'] }]) {
    const reading = readPolicy({ Statement: { ...STATEMENT, Principal } });
    assert.equal(reading.ok && reading.policy.statements[0]?.principals?.anyone, true);
  }
});

test('hostile documents are read, compiled and validated in bounded time', () => {
  const shell = (statement: string) => `{"Version":"2012-10-17","Statement":[${statement}]}`;
  const one = '{"Effect":"Allow","Action":"a:b","Resource":"*"}';
  const resource = (text: string) => shell(`{"Effect":"Allow","Action":"a:b","Resource":${JSON.stringify(text)}}`);
  const documents = [
    shell(new Array(2_500).fill(one).join(',')),
    shell(`${'\n'.repeat(60_000)}${new Array(1_200).fill(one).join(',\n')}`),
    resource(`arn:aws:s3:::${"${a,'x}".repeat(18_000)}`),
    resource(`arn:aws:s3:::${"${a, 'x'}".repeat(14_000)}`),
    resource(`arn:aws:s3:::${'${x}'.repeat(32_000)}`),
    resource(`arn:aws:s3:::${'${'.repeat(60_000)}`),
    resource(`arn:aws:s3:::${'*?'.repeat(60_000)}`),
    resource(':'.repeat(120_000)),
  ];
  for (const [index, document] of documents.entries()) {
    const before = process.cpuUsage();
    const reading = readPolicy(document);
    assert.ok(reading.ok, `document ${index}`);
    compile(reading.policy, { kind: 'identity', name: 'hostile' });
    validatePolicy(reading.policy, 'identity');
    const { user } = process.cpuUsage(before);
    assert.ok(user < 500_000, `document ${index}: ${user} µs of CPU`);
  }
});

test('whatever comes in, an answer comes out', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  for (const input of [cyclic, null, 1, undefined, 10n, Symbol('x'), () => 1, '', '{', 'x'.repeat(200_000)]) {
    assert.equal(readPolicy(input).ok, false);
  }
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.equal(readPolicy({ Version: '2012-10-17', Statement: value }).ok, false);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => typeof readPolicy(text).ok === 'boolean'));
});
