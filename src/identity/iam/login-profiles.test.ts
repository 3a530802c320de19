import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';

describe('login profiles', () => {
  const UserName = 'ann';
  const Password = 'correct Horse 7';
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
    await test.root.createUser({ UserName });
  });
  after(() => test.ringwall.stop());

  it('are made, shown, changed and deleted', async () => {
    assert.equal(
      await refusal(test.root.getLoginProfile({ UserName })),
      '404 NoSuchEntityException: Login Profile for User ann cannot be found.',
    );
    const { LoginProfile: made } = await test.root.createLoginProfile({
      UserName,
      Password,
      PasswordResetRequired: true,
    });
    assert.deepEqual((await test.root.getLoginProfile({ UserName })).LoginProfile, made);
    assert.equal(made?.PasswordResetRequired, true);
    assert.equal(
      await refusal(test.root.createLoginProfile({ UserName, Password })),
      '409 EntityAlreadyExistsException: Login Profile for user ann already exists.',
    );
    await test.root.updateLoginProfile({ UserName, PasswordResetRequired: false });
    assert.equal((await test.root.getLoginProfile({ UserName })).LoginProfile?.PasswordResetRequired, false);
    await test.root.deleteLoginProfile({ UserName });
    assert.equal(
      await refusal(test.root.deleteLoginProfile({ UserName })),
      '404 NoSuchEntityException: Cannot find Login Profile for User ann',
    );
  });

  it('hold passwords to the default rules', async () => {
    assert.equal(
      await refusal(test.root.createLoginProfile({ UserName, Password: 'short' })),
      '400 PasswordPolicyViolationException: Password should have a minimum length of 8',
    );
  });

  it('let users change their own passwords, with the right old one', async () => {
    const bob = await test.userWith(
      'bob',
      allow('iam:ChangePassword', `arn:aws:iam::${test.account}:user/\${aws:username}`),
    );
    assert.equal(
      await refusal(bob.changePassword({ OldPassword: Password, NewPassword: 'another Horse 8' })),
      '404 NoSuchEntityException: Login Profile for User bob cannot be found.',
    );
    await test.root.createLoginProfile({ UserName: 'bob', Password, PasswordResetRequired: true });
    assert.match(
      await refusal(bob.changePassword({ OldPassword: 'wrong Horse 7', NewPassword: 'another Horse 8' })),
      /AccessDenied/,
    );
    await bob.changePassword({ OldPassword: Password, NewPassword: 'another Horse 8' });
    assert.match(
      await refusal(bob.changePassword({ OldPassword: Password, NewPassword: 'third Horse 9' })),
      /AccessDenied/,
    );
    await bob.changePassword({ OldPassword: 'another Horse 8', NewPassword: 'third Horse 9' });
    assert.equal((await test.root.getLoginProfile({ UserName: 'bob' })).LoginProfile?.PasswordResetRequired, false);
    assert.match(
      await refusal(test.root.changePassword({ OldPassword: Password, NewPassword: 'third Horse 9' })),
      /^400 InvalidUserTypeException: /,
    );
  });

  it('let everybody change passwords where the account allows it, but for an explicit deny', async () => {
    const change = { OldPassword: Password, NewPassword: 'another Horse 8' };
    const denied = await test.userWith('denied', { Effect: 'Deny', Action: 'iam:ChangePassword', Resource: '*' });
    const free = await test.userWith('free');
    for (const name of ['denied', 'free']) await test.root.createLoginProfile({ UserName: name, Password });
    assert.match(await refusal(free.changePassword(change)), /AccessDenied: .*no identity-based policy allows/);
    await test.root.updateAccountPasswordPolicy({ AllowUsersToChangePassword: true });
    await free.changePassword(change);
    assert.match(await refusal(denied.changePassword(change)), /AccessDenied: .*explicit deny/);
  });

  it('remember passwords that may not come back', async () => {
    await test.root.updateAccountPasswordPolicy({ PasswordReusePrevention: 2 });
    await test.root.createUser({ UserName: 'again' });
    const set = (password: string) => test.root.updateLoginProfile({ UserName: 'again', Password: password });
    await test.root.createLoginProfile({ UserName: 'again', Password: 'first!' });
    assert.match(await refusal(set('first!')), /^400 PasswordPolicyViolation/);
    await set('second!');
    assert.match(await refusal(set('first!')), /^400 PasswordPolicyViolation/);
    await set('third!');
    await set('first!');
  });

  it('end where the account wants hard expiry', async () => {
    await test.root.updateAccountPasswordPolicy({
      AllowUsersToChangePassword: true,
      MaxPasswordAge: 1,
      HardExpiry: true,
    });
    const late = await test.userWith('late');
    await test.root.createLoginProfile({ UserName: 'late', Password });
    await late.changePassword({ OldPassword: Password, NewPassword: 'in time' });
    await test.ringwall.advance(86_400_000);
    assert.match(
      await refusal(late.changePassword({ OldPassword: 'in time', NewPassword: 'too late' })),
      /AccessDenied/,
    );
  });
});
