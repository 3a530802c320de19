import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type CreateGrantCommandInput, KMS } from '@aws-sdk/client-kms';
import type { OperationName } from '#runtime/api-types.ts';
import { jobContext } from '#runtime/job-context.ts';
import { perform } from '#runtime/perform.ts';
import { type Principal, servicePrincipal } from '#runtime/principal.ts';
import { newRequestId } from '#runtime/request-id.ts';
import { Staged } from '#runtime/staged.ts';
import { Unit } from '#runtime/unit.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import type { Output } from './api.ts';
import { createKey, refused } from './client-for-tests.ts';
import { ListRetirableGrants } from './grants.ts';

/** Grants for services and grants on behalf of one resource. */

const host = 'dynamodb.amazonaws.com';
const SourceArn = 'arn:aws:dynamodb:us-east-1:111122223333:table/t';
const Plaintext = Buffer.from('x');

let ringwall: Ringwall;
let kms: KMS;
let root: string;
let KeyId: string;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMS(ringwall.client);
  root = `arn:aws:iam::${ringwall.account}:root`;
});
after(() => ringwall.stop());
beforeEach(async () => {
  KeyId = await createKey(kms);
});

/** A call that a service makes for itself: it has no credentials, and comes from inside only. */
async function asService<N extends OperationName<'kms'>>(
  operation: N,
  input: object,
  sourceArn?: string,
): Promise<Output<N>> {
  const service = servicePrincipal(host);
  const keys = { ...service.keys, ...(sourceArn === undefined ? {} : { 'aws:SourceArn': sourceArn }) };
  const { house } = ringwall.installation;
  const principal: Principal = { ...service, keys };
  const unit = new Unit();
  const output = await perform(
    house,
    { unit, audits: [], verdicts: [], watches: [] },
    {
      requestId: newRequestId(),
      eventId: newRequestId(),
      now: house.clock.now(),
      facts: { sourceIp: host, userAgent: host, host, tls: undefined },
      service: 'kms',
      operation,
      eventSource: 'kms.amazonaws.com',
      operationModel: house.model('kms').operation(operation),
      principal,
      account: ringwall.account,
      region: 'us-east-1',
      input: { ...input },
      readOnly: false,
      calledVia: [],
      resources: [],
      verdicts: [],
      staged: new Staged(),
    },
  );
  await house.store.commit(unit.commit([]));
  return output as Output<N>;
}

const toService = (): CreateGrantCommandInput => ({
  KeyId,
  GranteeServicePrincipal: host,
  RetiringServicePrincipal: host,
  Operations: ['Encrypt', 'DescribeKey', 'CreateGrant'],
  Constraints: { SourceArn },
});

const idsOf = (output: { readonly Grants?: readonly { readonly GrantId?: string | undefined }[] | undefined }) =>
  output.Grants?.map((grant) => grant.GrantId);

const denied = { code: 'AccessDeniedException' };

/** The key policy opens these actions to the service, beside all to the account. */
async function letServiceDo(...actions: readonly string[]): Promise<void> {
  const statement = (Principal: object, Action: unknown) => ({ Effect: 'Allow', Principal, Action, Resource: '*' });
  const Statement = [statement({ AWS: root }, 'kms:*'), statement({ Service: host }, actions)];
  await kms.putKeyPolicy({ KeyId, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
}

describe('a grant to a service', () => {
  beforeEach(() => letServiceDo('kms:CreateGrant'));

  test('is kept and shown as it was asked for', async () => {
    const { GrantId } = await asService('CreateGrant', toService());
    const { KeyMetadata } = await kms.describeKey({ KeyId });
    const [grant, ...more] = (await kms.listGrants({ KeyId })).Grants ?? [];
    assert.deepEqual(more, []);
    assert.ok(grant?.CreationDate);
    assert.deepEqual(
      { ...grant, CreationDate: undefined },
      {
        KeyId: KeyMetadata?.Arn,
        GrantId,
        Name: '',
        CreationDate: undefined,
        GranteeServicePrincipal: host,
        RetiringServicePrincipal: host,
        IssuingAccount: root,
        Operations: ['Encrypt', 'DescribeKey', 'CreateGrant'],
        Constraints: { SourceArn },
      },
    );
  });

  test('opens the key to that service on behalf of that resource, and to nobody else', async () => {
    const { GrantId } = await asService('CreateGrant', toService());
    assert.ok((await asService('Encrypt', { KeyId, Plaintext }, SourceArn)).CiphertextBlob);
    await assert.rejects(asService('Encrypt', { KeyId, Plaintext }), denied);
    await assert.rejects(asService('Encrypt', { KeyId, Plaintext }, `${SourceArn}2`), denied);
    await assert.rejects(asService('GenerateMac', { KeyId, Message: Plaintext }, SourceArn), denied);
    await kms.revokeGrant({ KeyId, GrantId });
    await assert.rejects(asService('Encrypt', { KeyId, Plaintext }, SourceArn), denied);
  });

  test('gives on no more than it gives', async () => {
    await asService('CreateGrant', toService());
    await letServiceDo('kms:ListKeys');
    const child: CreateGrantCommandInput = { ...toService(), Operations: ['Encrypt'] };
    const grantTo = (input: CreateGrantCommandInput, sourceArn?: string) => asService('CreateGrant', input, sourceArn);
    await grantTo(child, SourceArn);
    await assert.rejects(grantTo(child), denied);
    await assert.rejects(grantTo({ ...child, Constraints: { SourceArn: `${SourceArn}2` } }, SourceArn), denied);
    await assert.rejects(grantTo({ ...child, Operations: ['Decrypt'] }, SourceArn), denied);
  });

  test('is retired by its retirer, whatever its constraints', async () => {
    const { GrantId = '' } = await asService('CreateGrant', toService());
    const input = { ...toService(), RetiringPrincipal: root, RetiringServicePrincipal: undefined };
    const { GrantId: other = '' } = await asService('CreateGrant', input);
    await assert.rejects(asService('RetireGrant', { KeyId, GrantId: other }), denied);
    await asService('RetireGrant', { KeyId, GrantId });
    assert.deepEqual(idsOf(await kms.listGrants({ KeyId })), [other]);
    assert.deepEqual(idsOf(await kms.listRetirableGrants({ RetiringPrincipal: root })), [other]);
  });

  test('may let its grantee retire it, whatever its constraints', async () => {
    const input = { ...toService(), Operations: ['RetireGrant'], RetiringServicePrincipal: 'rds.amazonaws.com' };
    const { GrantId = '' } = await asService('CreateGrant', input);
    await asService('RetireGrant', { KeyId, GrantId });
    assert.deepEqual(idsOf(await kms.listGrants({ KeyId })), []);
  });

  test('is the same when it is asked for again, and another with another resource, service or retirer', async () => {
    const named = { ...toService(), Name: 'g' };
    const idOf = async (input: CreateGrantCommandInput) => (await asService('CreateGrant', input)).GrantId;
    const first = await idOf(named);
    assert.equal(await idOf({ ...named, Operations: ['CreateGrant', 'DescribeKey', 'Encrypt'] }), first);
    const others = [
      { ...named, Constraints: { SourceArn: `${SourceArn}2` } },
      { ...named, GranteeServicePrincipal: 'rds.amazonaws.com' },
      { ...named, RetiringServicePrincipal: 'rds.amazonaws.com' },
      { ...named, RetiringServicePrincipal: undefined, RetiringPrincipal: root },
      { ...named, GranteeServicePrincipal: undefined, GranteePrincipal: root },
    ];
    const ids = [first];
    for (const other of others) ids.push(await idOf(other));
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('a grant to a user', () => {
  const toRoot = (): CreateGrantCommandInput => ({ KeyId, GranteePrincipal: root, Operations: ['DescribeKey'] });

  test('may be on behalf of one resource only, and be for a service to retire', async () => {
    await kms.createGrant({ ...toRoot(), Constraints: { SourceArn }, RetiringServicePrincipal: host });
    const [grant] = (await kms.listGrants({ KeyId })).Grants ?? [];
    assert.deepEqual(grant?.Constraints, { SourceArn });
    assert.equal(grant?.GranteePrincipal, root);
    assert.equal(grant?.RetiringServicePrincipal, host);
    assert.equal(grant?.RetiringPrincipal, undefined);
    await asService('RetireGrant', { KeyId, GrantId: grant?.GrantId ?? '' });
    assert.deepEqual((await kms.listGrants({ KeyId })).Grants, []);
  });

  const wrong: readonly (readonly [what: string, more: Partial<CreateGrantCommandInput>, code: string])[] = [
    ['two grantees', { GranteeServicePrincipal: host, Constraints: { SourceArn } }, 'ValidationException'],
    ['two retirers', { RetiringPrincipal: 'arn:r', RetiringServicePrincipal: host }, 'ValidationException'],
    ['a retirer that is no service', { RetiringServicePrincipal: 'nobody' }, 'InvalidArnException'],
    ['a source that is no resource', { Constraints: { SourceArn: 't' } }, 'InvalidArnException'],
  ];
  for (const [what, more, code] of wrong) {
    test(`${what}: ${code}`, () => refused(kms.createGrant({ ...toRoot(), ...more }), code));
  }
});

test('a service lists grants by its name, others do not', async () => {
  await letServiceDo('kms:CreateGrant', 'kms:ListGrants');
  const { GrantId } = await asService('CreateGrant', toService());
  await kms.createGrant({ KeyId, GranteePrincipal: root, Operations: ['Encrypt'] });
  const list = (GranteeServicePrincipal: string) => asService('ListGrants', { KeyId, GranteeServicePrincipal });
  assert.deepEqual(idsOf(await list(host)), [GrantId]);
  assert.deepEqual(idsOf(await list('s3.amazonaws.com')), []);
  await refused(kms.listGrants({ KeyId, GranteeServicePrincipal: host }), 'ValidationException');
});

test('a service lists the grants that it may retire, others do not', async () => {
  await letServiceDo('kms:CreateGrant');
  const { GrantId } = await asService('CreateGrant', toService());
  const { house } = ringwall.installation;
  const service = house.services.get('kms');
  assert.ok(service);
  const at = [ringwall.account, 'us-east-1'] as const;
  const { ctx } = jobContext(house, new Unit(), { ...service, host }, 'ListRetirableGrants', ...at);
  const list = (RetiringServicePrincipal: string) => ListRetirableGrants.handle({ RetiringServicePrincipal }, ctx);
  assert.ok(idsOf(await list(host))?.includes(GrantId));
  assert.deepEqual(idsOf(await list('s3.amazonaws.com')), []);
  await kms.revokeGrant({ KeyId, GrantId });
  assert.equal(idsOf(await list(host))?.includes(GrantId), false);
  const both = { RetiringPrincipal: root, RetiringServicePrincipal: host };
  const message = 'Specify either RetiringPrincipal or RetiringServicePrincipal, but not both.';
  await refused(kms.listRetirableGrants(both), 'ValidationException', message);
});
