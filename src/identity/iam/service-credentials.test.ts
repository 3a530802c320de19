import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';

describe('service-specific credentials', () => {
  const UserName = 'ann';
  const ServiceName = 'codecommit.amazonaws.com';
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
    await test.root.createUser({ UserName });
  });
  after(() => test.ringwall.stop());

  it('goes the way recorded of AWS', async () => {
    const { ServiceSpecificCredential: made } = await test.root.createServiceSpecificCredential({
      UserName,
      ServiceName,
    });
    const id = made?.ServiceSpecificCredentialId ?? '';
    assert.deepEqual(Object.keys(made ?? {}).sort(), [
      'CreateDate',
      'ServiceName',
      'ServicePassword',
      'ServiceSpecificCredentialId',
      'ServiceUserName',
      'Status',
      'UserName',
    ]);
    assert.equal(made?.ServiceUserName, `ann-at-${test.account}`);
    await test.root.updateServiceSpecificCredential({ UserName, ServiceSpecificCredentialId: id, Status: 'Inactive' });
    const { ServicePassword: password, ...shown } = made ?? {};
    const { $metadata: _, ...listed } = await test.root.listServiceSpecificCredentials({ UserName });
    assert.deepEqual(listed, { ServiceSpecificCredentials: [{ ...shown, Status: 'Inactive' }] });
    const reset = await test.root.resetServiceSpecificCredential({ UserName, ServiceSpecificCredentialId: id });
    assert.notEqual(reset.ServiceSpecificCredential?.ServicePassword, password);
    assert.equal(reset.ServiceSpecificCredential?.Status, 'Inactive');
    assert.equal(
      await refusal(test.root.deleteUser({ UserName })),
      '409 DeleteConflictException: Cannot delete entity, must remove referenced objects first.',
    );
    await test.root.deleteServiceSpecificCredential({ UserName, ServiceSpecificCredentialId: id });
    assert.deepEqual((await test.root.listServiceSpecificCredentials({ UserName })).ServiceSpecificCredentials, []);
  });

  it('refuses as recorded of AWS', async () => {
    const other = 'lambda.amazonaws.com';
    const noService = `404 NoSuchEntityException: No such service ${other} is supported for Service Specific Credentials`;
    const noUser = '404 NoSuchEntityException: The user with name non-existent-user cannot be found.';
    const noCredential = '404 NoSuchEntityException: No such credential satisfiesregexbutstillinvalid exists';
    const wrong = { UserName, ServiceSpecificCredentialId: 'satisfiesregexbutstillinvalid' };
    const cases: readonly (readonly [Promise<unknown>, string])[] = [
      [test.root.createServiceSpecificCredential({ UserName, ServiceName: other }), noService],
      [test.root.listServiceSpecificCredentials({ UserName, ServiceName: other }), noService],
      [test.root.createServiceSpecificCredential({ UserName: 'non-existent-user', ServiceName }), noUser],
      [test.root.createServiceSpecificCredential({ UserName: 'non-existent-user', ServiceName: other }), noUser],
      [test.root.deleteServiceSpecificCredential(wrong), noCredential],
      [test.root.resetServiceSpecificCredential(wrong), noCredential],
      [test.root.updateServiceSpecificCredential({ ...wrong, Status: 'Active' }), noCredential],
    ];
    for (const [call, expected] of cases) assert.equal(await refusal(call), expected);
  });

  it('gives two for each service, with names of their own', async () => {
    const cassandra = { UserName, ServiceName: 'cassandra.amazonaws.com' };
    await test.root.createServiceSpecificCredential({ UserName, ServiceName });
    const made = [
      await test.root.createServiceSpecificCredential(cassandra),
      await test.root.createServiceSpecificCredential(cassandra),
    ];
    assert.deepEqual(
      made.map(({ ServiceSpecificCredential: c }) => c?.ServiceUserName),
      [`ann-at-${test.account}`, `ann+1-at-${test.account}`],
    );
    assert.match(await refusal(test.root.createServiceSpecificCredential(cassandra)), /^409 LimitExceeded/);
    await test.root.createUser({ UserName: 'eve' });
    const foreign = {
      UserName: 'eve',
      ServiceSpecificCredentialId: made[0]?.ServiceSpecificCredential?.ServiceSpecificCredentialId,
    };
    assert.match(
      await refusal(test.root.resetServiceSpecificCredential(foreign)),
      /^404 NoSuchEntityException: No such credential /,
    );
    const only = await test.root.listServiceSpecificCredentials(cassandra);
    assert.equal(only.ServiceSpecificCredentials?.length, 2);
  });

  it('gives API keys that end, and lists those of all users', async () => {
    await test.root.createUser({ UserName: 'bob' });
    const { ServiceSpecificCredential: key } = await test.root.createServiceSpecificCredential({
      UserName: 'bob',
      ServiceName: 'bedrock.amazonaws.com',
      CredentialAgeDays: 2,
    });
    assert.equal(key?.ServicePassword, undefined);
    assert.ok(key?.ServiceCredentialSecret !== undefined && key.ServiceCredentialAlias !== undefined);
    assert.equal(Number(key?.ExpirationDate) - Number(key?.CreateDate), 2 * 86_400_000);
    const all = await test.root.listServiceSpecificCredentials({
      AllUsers: true,
      ServiceName: 'bedrock.amazonaws.com',
    });
    assert.deepEqual(
      all.ServiceSpecificCredentials?.map((c) => c.UserName),
      ['bob'],
    );
    assert.equal(all.IsTruncated, false);
  });

  it('lets the service decide', async () => {
    const only = { StringEquals: { 'iam:ServiceSpecificCredentialServiceName': ServiceName } };
    const keeper = await test.userWith('keeper', allow('iam:*ServiceSpecificCredential', '*', only));
    const { ServiceSpecificCredential: made } = await keeper.createServiceSpecificCredential({
      UserName: 'bob',
      ServiceName,
    });
    const place = { UserName: 'bob', ServiceSpecificCredentialId: made?.ServiceSpecificCredentialId };
    await keeper.deleteServiceSpecificCredential(place);
    assert.match(
      await refusal(
        keeper.createServiceSpecificCredential({ UserName: 'bob', ServiceName: 'cassandra.amazonaws.com' }),
      ),
      /AccessDenied/,
    );
  });
});
