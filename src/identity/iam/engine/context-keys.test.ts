// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like template placeholders
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextKeysOf } from './context-keys.ts';
import { readPolicy } from './document/read.ts';

const statement = {
  Effect: 'Allow',
  Action: '*',
  Resource: "arn:aws:s3:::b/${aws:username}/${aws:PrincipalTag/team, 'x'}/${*}",
  Condition: {
    StringLike: { 's3:prefix': '${aws:userid}/*', 'AWS:Username': 'ann' },
    Bool: { 'aws:SecureTransport': 'true' },
  },
};

function keysOf(Version: string): readonly string[] {
  const reading = readPolicy({ Version, Statement: statement });
  assert.ok(reading.ok);
  return contextKeysOf([reading.policy]);
}

test('keys of conditions and variables, each once', () => {
  assert.deepEqual([...keysOf('2012-10-17')].sort(), [
    'AWS:Username',
    'aws:PrincipalTag/team',
    'aws:SecureTransport',
    'aws:userid',
    's3:prefix',
  ]);
});

test('before 2012-10-17 there are no variables', () => {
  assert.deepEqual([...keysOf('2008-10-17')].sort(), ['AWS:Username', 'aws:SecureTransport', 's3:prefix']);
});
