import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { STS } from '@aws-sdk/client-sts';
import { Unit } from '#runtime/unit.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const ours = '123456789012';
const theirs = '222222222222';
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

type Event = Readonly<Record<string, unknown>> & { readonly userIdentity: Readonly<Record<string, unknown>> };

describe('calls on what another account owns', () => {
  let ringwall: Ringwall;
  let clients: { destroy(): void }[] = [];
  const open = <C extends { destroy(): void }>(client: C): C => {
    clients.push(client);
    return client;
  };
  let owner: { readonly iam: IAM; readonly kms: KMS; readonly trail: CloudTrail };
  let caller: { readonly sts: STS; readonly kms: KMS; readonly trail: CloudTrail; readonly userId: string };

  before(async () => {
    ringwall = await startRingwall();
    const { house } = ringwall.installation;
    const unit = new Unit();
    const root = { kind: 'root', account: ours } as Parameters<typeof house.createAccount>[0];
    const made = (await house.createAccount(root, theirs, unit)) as Parameters<typeof ringwall.as>[0];
    await house.store.commit(unit.commit([]));
    const as = ringwall.as(made);
    owner = { iam: open(new IAM(as)), kms: open(new KMS(as)), trail: open(new CloudTrail(as)) };
    const iam = open(new IAM(ringwall.client));
    const { User } = await iam.createUser({ UserName: 'ann' });
    const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
    await iam.putUserPolicy({ UserName: 'ann', PolicyName: 'all', PolicyDocument: document(allow) });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' });
    const ann = ringwall.as({
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    });
    caller = {
      sts: open(new STS(ann)),
      kms: open(new KMS(ann)),
      trail: open(new CloudTrail(ann)),
      userId: User?.UserId ?? '',
    };
  });
  after(async () => {
    for (const client of clients) client.destroy();
    clients = [];
    await ringwall.stop();
  });

  const eventsOf = async (trail: CloudTrail, name: string): Promise<readonly Event[]> => {
    const { Events = [] } = await trail.lookupEvents({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
    });
    return Events.map(({ CloudTrailEvent = '{}' }) => JSON.parse(CloudTrailEvent) as Event);
  };

  test('a role taken: on record in both accounts, with what each may know of the caller', async () => {
    const trust = { Effect: 'Allow', Principal: { AWS: ours }, Action: 'sts:AssumeRole' };
    await owner.iam.createRole({ RoleName: 'guest', AssumeRolePolicyDocument: document(trust) });
    const RoleArn = `arn:aws:iam::${theirs}:role/guest`;
    await caller.sts.assumeRole({ RoleArn, RoleSessionName: 'visit' });
    const [own] = await eventsOf(caller.trail, 'AssumeRole');
    const [seen] = await eventsOf(owner.trail, 'AssumeRole');
    assert.equal(own?.userIdentity['arn'], `arn:aws:iam::${ours}:user/ann`);
    assert.deepEqual(seen?.userIdentity, { type: 'AWSAccount', principalId: caller.userId, accountId: ours });
    assert.deepEqual([own?.['recipientAccountId'], seen?.['recipientAccountId']], [ours, theirs]);
    assert.equal(typeof own?.['sharedEventID'], 'string');
    assert.equal(own?.['sharedEventID'], seen?.['sharedEventID']);
    assert.notEqual(own?.['eventID'], seen?.['eventID']);
  });

  test('a key that refuses: its owner sees who tried, and none of the caller’s policies', async () => {
    const { KeyMetadata } = await owner.kms.createKey({});
    const KeyId = KeyMetadata?.Arn ?? '';
    await assert.rejects(caller.kms.encrypt({ KeyId, Plaintext: Buffer.from('x') }), { name: 'AccessDeniedException' });
    const [seen] = await eventsOf(owner.trail, 'Encrypt');
    assert.equal(seen?.['errorCode'], 'AccessDenied');
    assert.equal(seen?.userIdentity['accountId'], ours);
    const records: string[] = [];
    for await (const { json } of ringwall.installation.house.store.readAudit({ from: 0, to: Number.MAX_SAFE_INTEGER }))
      records.push(json);
    const copy = records.find((json) => json.includes(String(seen?.['eventID'])));
    assert.deepEqual((JSON.parse(copy ?? '{}') as { decisions: unknown }).decisions, []);
  });

  test('a call within an account is on record once', async () => {
    await owner.kms.createKey({ Description: 'mine' });
    const made = await eventsOf(owner.trail, 'CreateKey');
    assert.ok(made.length > 0 && made.every((event) => event['sharedEventID'] === undefined));
  });

  test('a sign-in with a forged token is on record in the account whose role was asked for', async () => {
    const forged = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"iss":"https://idp.example"}').toString('base64url')}.`;
    const RoleArn = `arn:aws:iam::${theirs}:role/guest`;
    const request = { RoleArn, RoleSessionName: 'visit', WebIdentityToken: forged };
    for (const WebIdentityToken of [forged, 'no-token-at-all'])
      await assert.rejects(caller.sts.assumeRoleWithWebIdentity({ ...request, WebIdentityToken }), {
        name: /^InvalidIdentityToken/,
      });
    const seen = await eventsOf(owner.trail, 'AssumeRoleWithWebIdentity');
    assert.deepEqual(
      seen.map((event) => event['errorCode']),
      ['InvalidIdentityTokenException', 'InvalidIdentityTokenException'],
    );
  });

  test('a grant’s token is not on record', async () => {
    const { KeyMetadata } = await owner.kms.createKey({});
    const { GrantToken = 'none' } = await owner.kms.createGrant({
      KeyId: KeyMetadata?.KeyId,
      GranteePrincipal: `arn:aws:iam::${theirs}:root`,
      Operations: ['Encrypt'],
    });
    const [event] = await eventsOf(owner.trail, 'CreateGrant');
    assert.equal(event?.['eventName'], 'CreateGrant');
    assert.ok(!JSON.stringify(event).includes(GrantToken));
  });
});
