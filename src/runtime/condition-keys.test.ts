import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalKeys, requestTagKeys, resourceKeys } from './condition-keys.ts';
import { anonymous, servicePrincipal } from './principal.ts';

const facts = { sourceIp: '192.0.2.1', userAgent: 'agent/1', host: 'localhost', tls: undefined };
const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const user = { ...anonymous, keys: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:user/ann' } };

const asked = { principal: user, facts, region: 'eu-west-1', now, calledVia: [] };

test('the keys of a direct call, beside those of the principal', () => {
  assert.deepEqual(globalKeys(asked), {
    'aws:CurrentTime': '2026-01-02T03:04:05.678Z',
    'aws:EpochTime': '1767323045',
    'aws:SourceIp': '192.0.2.1',
    'aws:UserAgent': 'agent/1',
    'aws:SecureTransport': 'false',
    'aws:RequestedRegion': 'eu-west-1',
    'aws:ViaAWSService': 'false',
    'aws:PrincipalIsAWSService': 'false',
  });
});

test('TLS makes the transport secure', () => {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };
  assert.equal(globalKeys({ ...asked, facts: { ...facts, tls } })['aws:SecureTransport'], 'true');
});

test('a call that a service makes for its caller names the services and no address', () => {
  const keys = globalKeys({ ...asked, calledVia: ['ssm.amazonaws.com', 'kms.amazonaws.com'] });
  assert.equal(keys['aws:ViaAWSService'], 'true');
  assert.deepEqual(keys['aws:CalledVia'], ['ssm.amazonaws.com', 'kms.amazonaws.com']);
  assert.equal(keys['aws:CalledViaFirst'], 'ssm.amazonaws.com');
  assert.equal(keys['aws:CalledViaLast'], 'kms.amazonaws.com');
  assert.equal('aws:SourceIp' in keys, false);
});

test('a service on its own behalf says so', () => {
  const principal = servicePrincipal('ssm.amazonaws.com');
  assert.equal(principal.keys['aws:PrincipalIsAWSService'], 'true');
  assert.equal(principal.keys['aws:PrincipalServiceName'], 'ssm.amazonaws.com');
  assert.equal('aws:PrincipalIsAWSService' in globalKeys({ ...asked, principal }), false);
});

test('a resource gives its account, its tags and its own keys', () => {
  const resource = { arn: '*', tags: { team: 'core', __proto__x: '1' }, conditions: { 'kms:KeySpec': 'RSA_2048' } };
  assert.deepEqual(resourceKeys(resource, '111122223333'), {
    'aws:ResourceAccount': '111122223333',
    'aws:ResourceTag/team': 'core',
    'aws:ResourceTag/__proto__x': '1',
    'kms:KeySpec': 'RSA_2048',
  });
});

test('tags of a request', () => {
  assert.deepEqual(requestTagKeys([{ Key: 'team', Value: 'core' }, { Key: 'empty' }]), {
    'aws:TagKeys': ['team', 'empty'],
    'aws:RequestTag/team': 'core',
    'aws:RequestTag/empty': '',
  });
  assert.deepEqual(requestTagKeys([]), {});
  assert.deepEqual(requestTagKeys(undefined), {});
});
