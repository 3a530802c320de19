import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { allow, openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';
import { noteKeyUse, saveKeyUses } from './key-use.ts';

describe('access keys', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  it('shows the secret once, and it signs', async () => {
    await test.root.createUser({ UserName: 'ann' });
    const { AccessKey: key } = await test.root.createAccessKey({ UserName: 'ann' });
    assert.match(key?.AccessKeyId ?? '', /^AKIA[A-Z2-7]{16}$/);
    assert.match(key?.SecretAccessKey ?? '', /^[A-Za-z0-9+/]{40}$/);
    const { AccessKeyMetadata: [listed] = [] } = await test.root.listAccessKeys({ UserName: 'ann' });
    assert.deepEqual(listed, {
      UserName: 'ann',
      AccessKeyId: key?.AccessKeyId,
      Status: 'Active',
      CreateDate: key?.CreateDate,
    });
    const ann = new IAM(
      test.ringwall.as({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }),
    );
    assert.match(await refusal(ann.listUsers({})), /^403 AccessDenied: /);
  });

  it('gives two keys to a user, also when many ask at once', async () => {
    await test.root.createUser({ UserName: 'greedy' });
    const outcome = await Promise.allSettled(
      Array.from({ length: 5 }, () => test.root.createAccessKey({ UserName: 'greedy' })),
    );
    assert.equal(outcome.filter(({ status }) => status === 'fulfilled').length, 2);
    assert.equal(
      await refusal(test.root.createAccessKey({ UserName: 'greedy' })),
      '409 LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2',
    );
  });

  it('switches a key off, on, and away', async () => {
    const eve = await test.userWith('eve', allow('iam:*AccessKey*'));
    const { AccessKeyMetadata: [key] = [] } = await test.root.listAccessKeys({ UserName: 'eve' });
    const AccessKeyId = key?.AccessKeyId;
    await eve.updateAccessKey({ AccessKeyId, Status: 'Inactive' });
    assert.match(await refusal(eve.listAccessKeys({})), /^403 InvalidClientTokenId: /);
    await test.root.updateAccessKey({ UserName: 'eve', AccessKeyId, Status: 'Active' });
    await eve.listAccessKeys({});
    assert.match(await refusal(eve.updateAccessKey({ AccessKeyId, Status: 'Expired' })), /^400 ValidationError: /);
    await eve.deleteAccessKey({ AccessKeyId });
    assert.match(await refusal(eve.listAccessKeys({})), /^403 InvalidClientTokenId: /);
  });

  it("does not touch another user's key", async () => {
    const { AccessKeyMetadata: [key] = [] } = await test.root.listAccessKeys({ UserName: 'ann' });
    const AccessKeyId = key?.AccessKeyId;
    const expected = `404 NoSuchEntityException: The Access Key with id ${AccessKeyId} cannot be found.`;
    assert.equal(await refusal(test.root.deleteAccessKey({ UserName: 'eve', AccessKeyId })), expected);
    assert.equal(
      await refusal(test.root.updateAccessKey({ UserName: 'eve', AccessKeyId, Status: 'Inactive' })),
      expected,
    );
    assert.equal(await refusal(test.root.deleteAccessKey({ AccessKeyId })), expected);
  });

  it("keeps the root user's last active key: there is no other way in", async (t) => {
    const { ringwall, root } = await openTestAccount();
    t.after(() => ringwall.stop());
    const first = ringwall.root.accessKeyId;
    const { AccessKey: second } = await root.createAccessKey({});
    const AccessKeyId = second?.AccessKeyId ?? '';
    await root.updateAccessKey({ AccessKeyId, Status: 'Inactive' });
    const lastKey = 'Cannot delete entity, must create another active access key of the root user first.';
    assert.equal(
      await refusal(root.deleteAccessKey({ AccessKeyId: first })),
      `409 DeleteConflictException: ${lastKey}`,
    );
    assert.match(
      await refusal(root.updateAccessKey({ AccessKeyId: first, Status: 'Inactive' })),
      /^409 DeleteConflict\w*: /,
    );
    await root.updateAccessKey({ AccessKeyId: first, Status: 'Active' });
    await root.deleteAccessKey({ AccessKeyId });
    const { AccessKey: third } = await root.createAccessKey({});
    const other = new IAM(
      ringwall.as({ accessKeyId: third?.AccessKeyId ?? '', secretAccessKey: third?.SecretAccessKey ?? '' }),
    );
    await other.deleteAccessKey({ AccessKeyId: first });
    assert.equal((await other.listAccessKeys({})).AccessKeyMetadata?.length, 1);
  });

  it("lists the root user's own keys", async () => {
    const { AccessKeyMetadata } = await test.root.listAccessKeys({});
    assert.deepEqual(
      AccessKeyMetadata?.map(({ AccessKeyId, UserName }) => [AccessKeyId, UserName]),
      [[test.ringwall.root.accessKeyId, undefined]],
    );
  });

  it('tells when a key was last used', async () => {
    await test.root.createUser({ UserName: 'used' });
    const { AccessKey } = await test.root.createAccessKey({ UserName: 'used' });
    const AccessKeyId = AccessKey?.AccessKeyId ?? '';
    const before = await test.root.getAccessKeyLastUsed({ AccessKeyId });
    assert.equal(before.UserName, 'used');
    assert.deepEqual(before.AccessKeyLastUsed, { ServiceName: 'N/A', Region: 'N/A' });
    noteKeyUse(AccessKeyId, { date: Date.UTC(2026, 0, 2), region: 'eu-west-1', service: 's3' });
    const { AccessKeyLastUsed } = await test.root.getAccessKeyLastUsed({ AccessKeyId });
    assert.deepEqual(AccessKeyLastUsed, {
      LastUsedDate: new Date(Date.UTC(2026, 0, 2)),
      ServiceName: 's3',
      Region: 'eu-west-1',
    });
    assert.match(await refusal(test.root.getAccessKeyLastUsed({ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })), /^404 /);
  });

  it('saves what was noted, once', async () => {
    const puts: string[] = [];
    const records = { get: async () => undefined, put: (_into: unknown, id: string) => puts.push(id) };
    noteKeyUse('AKIASAVED', { date: 1, region: 'r', service: 's' });
    const ctx = { records } as unknown as Parameters<typeof saveKeyUses>[0];
    await saveKeyUses(ctx);
    assert.ok(puts.includes('AKIASAVED'));
    puts.length = 0;
    await saveKeyUses(ctx);
    assert.deepEqual(puts, []);
  });
});
