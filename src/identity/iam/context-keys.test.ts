import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

describe('context keys', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  const keysOf = async (...PolicyInputList: string[]) =>
    (await test.root.getContextKeysForCustomPolicy({ PolicyInputList })).ContextKeyNames;
  const Condition = { Bool: { 'aws:SecureTransport': 'true' } };

  it('come from policies of every kind', async () => {
    const Principal = { AWS: test.account };
    const found = await Promise.all([
      keysOf(policy({ Sid: 'Principal', ...allow('s3:*', '*', Condition) })),
      keysOf(policy({ ...allow('s3:*', '*', Condition), Principal })),
      keysOf(policy({ ...allow('s3:*', '*', Condition), Effect: 'Deny', NotPrincipal: Principal })),
      keysOf(policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, Condition })),
    ]);
    assert.deepEqual(found, Array(4).fill(['aws:SecureTransport']));
  });

  it('come once, however they are spelled', async () => {
    const other = { Bool: { 'AWS:securetransport': 'false' } };
    assert.deepEqual(await keysOf(policy(allow('s3:*', '*', Condition)), policy(allow('sqs:*', '*', other))), [
      'aws:SecureTransport',
    ]);
    assert.deepEqual(await keysOf(policy(allow('s3:*'))), []);
  });

  it('come from the groups of a user, too', async () => {
    await test.root.createUser({ UserName: 'ann' });
    await test.root.createGroup({ GroupName: 'team' });
    await test.root.addUserToGroup({ GroupName: 'team', UserName: 'ann' });
    await test.root.putGroupPolicy({
      GroupName: 'team',
      PolicyName: 'p',
      PolicyDocument: policy(allow('s3:*', '*', Condition)),
    });
    const PolicySourceArn = `arn:aws:iam::${test.account}:user/ann`;
    const { ContextKeyNames } = await test.root.getContextKeysForPrincipalPolicy({ PolicySourceArn });
    assert.deepEqual(ContextKeyNames, ['aws:SecureTransport']);
  });

  it('do not come from what is no policy, or from nobody', async () => {
    assert.match(
      await refusal(test.root.getContextKeysForCustomPolicy({ PolicyInputList: ['{'] })),
      /^400 InvalidInputException: /,
    );
    const PolicySourceArn = `arn:aws:iam::${test.account}:role/none`;
    assert.match(
      await refusal(test.root.getContextKeysForPrincipalPolicy({ PolicySourceArn })),
      /^404 NoSuchEntityException: /,
    );
  });
});
