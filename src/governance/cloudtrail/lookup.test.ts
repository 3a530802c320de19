import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CloudTrailClient, type Event, type LookupAttribute, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

let ringwall: Ringwall;
let trail: CloudTrailClient;
let ann: SSMClient;

before(async () => {
  ringwall = await startRingwall();
  trail = new CloudTrailClient(ringwall.client);
  const iam = new IAMClient(ringwall.client);
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  ann = new SSMClient(
    ringwall.as({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }),
  );
  const root = new SSMClient(ringwall.client);
  await root.send(new PutParameterCommand({ Name: '/secret', Value: 'hidden-value', Type: 'SecureString' }));
  await root.send(new GetParameterCommand({ Name: '/secret', WithDecryption: true }));
  await assert.rejects(ann.send(new GetParameterCommand({ Name: '/secret' })), { name: 'AccessDeniedException' });
});

after(() => ringwall.stop());

async function lookup(key: LookupAttribute['AttributeKey'], value: string): Promise<readonly Event[]> {
  const answer = await trail.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: key, AttributeValue: value }] }),
  );
  return answer.Events ?? [];
}

// biome-ignore lint/suspicious/noExplicitAny: CloudTrail's record is a free document
const recordOf = (event: Event | undefined): any => JSON.parse(event?.CloudTrailEvent ?? '{}');

test('a refused call is on record with its error, its caller and its resource', async () => {
  const [event, ...others] = await lookup('Username', 'ann');
  assert.equal(others.length, 0);
  const record = recordOf(event);
  assert.equal(record.eventName, 'GetParameter');
  assert.equal(record.errorCode, 'AccessDenied');
  assert.equal(record.userIdentity.type, 'IAMUser');
  assert.equal(record.userIdentity.userName, 'ann');
  assert.equal(record.requestParameters.name, '/secret');
  assert.equal(record.readOnly, true);
  assert.match(record.resources[0].ARN, /:parameter\/secret$/);
});

test('a secret value is on record nowhere', async () => {
  for (const event of await lookup('EventSource', 'ssm.amazonaws.com')) {
    assert.ok(!JSON.stringify(event).includes('hidden-value'));
  }
  const [put] = await lookup('EventName', 'PutParameter');
  assert.equal(recordOf(put).requestParameters.value, 'HIDDEN_DUE_TO_SECURITY_REASONS');
});

test('calls that a service made on the caller’s behalf are on record with the service', async () => {
  const events = await lookup('EventName', 'Decrypt');
  const record = recordOf(events[0]);
  assert.equal(record.userIdentity.invokedBy, 'ssm.amazonaws.com');
  assert.equal(record.userIdentity.type, 'Root');
  assert.match(
    record.requestParameters.encryptionContext.PARAMETER_ARN ??
      record.requestParameters.encryptionContext.pARAMETER_ARN,
    /parameter\/secret$/,
  );
});

test('look-up by each attribute', async () => {
  const [event] = await lookup('EventName', 'PutParameter');
  assert.deepEqual(
    (await lookup('EventId', event?.EventId ?? '')).map(({ EventId }) => EventId),
    [event?.EventId],
  );
  assert.equal((await lookup('AccessKeyId', ringwall.root.accessKeyId)).length > 2, true);
  assert.equal(
    (await lookup('ReadOnly', 'false')).every(({ ReadOnly }) => ReadOnly === 'false'),
    true,
  );
  assert.equal((await lookup('ResourceType', 'AWS::SSM::Parameter')).length, 3);
  assert.equal((await lookup('ResourceName', 'secret')).length, 3);
});

test('pages hold each event once, newest first', async () => {
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page = await trail.send(
      new LookupEventsCommand({
        MaxResults: 2,
        LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'ssm.amazonaws.com' }],
        NextToken: token,
      }),
    );
    ids.push(...(page.Events ?? []).map(({ EventId }) => EventId ?? ''));
    token = page.NextToken;
  } while (token !== undefined);
  assert.equal(ids.length, 3);
  assert.deepEqual(ids, [...new Set(ids)].sort().reverse());
});

test('pages hold events of one moment, and of calls inside calls, once each', async () => {
  const root = new SSMClient(ringwall.client);
  const reads = 120;
  await Promise.all(
    Array.from({ length: reads }, () => root.send(new GetParameterCommand({ Name: '/secret', WithDecryption: true }))),
  );
  const decrypts = { AttributeKey: 'EventName', AttributeValue: 'Decrypt' } as const;
  const EndTime = new Date();
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const input = { MaxResults: 7, LookupAttributes: [decrypts], EndTime, NextToken: token };
    const page = await trail.send(new LookupEventsCommand(input));
    ids.push(...(page.Events ?? []).map(({ EventId }) => EventId ?? ''));
    token = page.NextToken;
  } while (token !== undefined);
  assert.equal(new Set(ids).size, ids.length, 'none twice');
  assert.equal(ids.length, reads + 1, 'none lost');
});

test('known callers’ calls are on record even when they never reach an operation', async () => {
  const { accessKeyId, secretAccessKey } = ringwall.root;
  const send = (target: string, body: string, service = 'ssm') => {
    const host = `127.0.0.1:${ringwall.port}`;
    const request = {
      method: 'POST',
      path: '/',
      query: '',
      headers: { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: Buffer.from(body),
    };
    const { headers } = signRequest(
      request,
      { accessKeyId, secretAccessKey, region: 'us-east-1', service },
      Date.now(),
    );
    return fetch(ringwall.endpoint, { method: 'POST', headers: headers as Record<string, string>, body });
  };
  await send('AmazonSSM.ListDocuments', '{}');
  assert.equal(recordOf((await lookup('EventName', 'ListDocuments'))[0]).errorCode, 'UnsupportedOperation');
  await send('AmazonSSM.GetParameterHistory', '{"Name":');
  assert.equal(recordOf((await lookup('EventName', 'GetParameterHistory'))[0]).errorCode, 'SerializationException');
});

test('a backup and an explanation are on record; so is who may not', async () => {
  const route = async (
    as: { readonly accessKeyId: string; readonly secretAccessKey: string },
    method: string,
    path: string,
  ) => {
    const host = `127.0.0.1:${ringwall.port}`;
    const request = { method, path, query: '', headers: { host }, body: Buffer.alloc(0) };
    const { headers } = signRequest(request, { ...as, region: 'us-east-1', service: 'ringwall' }, Date.now());
    return fetch(ringwall.endpoint + path, { method, headers: headers as Record<string, string> });
  };
  const id = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
  assert.equal((await route(ringwall.root, 'GET', `/_ringwall/explain/${id}`)).status, 404);
  assert.equal((await lookup('EventName', 'Explain')).length, 1);
  assert.equal((await route(await ann.config.credentials(), 'POST', '/_ringwall/backup')).status, 403);
  const [refused] = await lookup('EventName', 'Backup');
  assert.equal(recordOf(refused).errorCode, 'AccessDenied');
  assert.equal(recordOf(refused).userIdentity.userName, 'ann');
});

test('an assumed role’s key is on record with who assumed it, without its secret', async () => {
  const iam = new IAMClient(ringwall.client);
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ringwall.account}:user/ann` },
    Action: 'sts:AssumeRole',
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: 'traced', AssumeRolePolicyDocument }));
  const sts = new STSClient(ringwall.as(await ann.config.credentials()));
  const RoleArn = `arn:aws:iam::${ringwall.account}:role/traced`;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'trace' }));
  const record = recordOf((await lookup('EventName', 'AssumeRole'))[0]);
  assert.equal(record.responseElements.credentials.accessKeyId, Credentials?.AccessKeyId);
  assert.equal(JSON.stringify(record).includes(Credentials?.SecretAccessKey ?? ''), false);
  assert.equal(record.resources.length, 1);
});

test('bad ranges and tokens are refused', async () => {
  const late = new Date(2_000_000_000_000);
  await assert.rejects(trail.send(new LookupEventsCommand({ StartTime: late, EndTime: new Date(0) })), {
    name: 'InvalidTimeRangeException',
  });
  await assert.rejects(trail.send(new LookupEventsCommand({ NextToken: 'nonsense' })), {
    name: 'InvalidNextTokenException',
  });
});
