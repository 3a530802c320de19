import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, allPages, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

describe('users', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  it('creates a user and finds it again, whatever the case of the name', async () => {
    const { User: made } = await test.root.createUser({ UserName: 'Ann', Path: '/staff/' });
    assert.match(made?.UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
    assert.equal(made?.Arn, `arn:aws:iam::${test.account}:user/staff/Ann`);
    const { User: found } = await test.root.getUser({ UserName: 'ann' });
    assert.deepEqual(found, made);
    assert.equal(found?.Tags, undefined);
  });

  it('refuses a second user of the name', async () => {
    assert.equal(
      await refusal(test.root.createUser({ UserName: 'ANN' })),
      '409 EntityAlreadyExistsException: User with name ANN already exists.',
    );
  });

  it('names the user that it does not know', async () => {
    for (const call of [
      test.root.getUser({ UserName: 'nobody' }),
      test.root.deleteUser({ UserName: 'nobody' }),
      test.root.updateUser({ UserName: 'nobody', NewPath: '/a/' }),
      test.root.listAccessKeys({ UserName: 'nobody' }),
    ]) {
      assert.equal(await refusal(call), '404 NoSuchEntityException: The user with name nobody cannot be found.');
    }
  });

  it('takes the caller for the user when none is named', async () => {
    const eve = await test.userWith('eve', allow('iam:GetUser', `arn:aws:iam::${test.account}:user/eve`));
    assert.equal((await eve.getUser({})).User?.UserName, 'eve');
    assert.equal(
      await refusal(eve.getUser({ UserName: 'ann' })),
      `403 AccessDenied: User: arn:aws:iam::${test.account}:user/eve is not authorized to perform: iam:GetUser on resource: arn:aws:iam::${test.account}:user/staff/Ann because no identity-based policy allows the iam:GetUser action`,
    );
    const { User: root } = await test.root.getUser({});
    assert.equal(root?.UserId, test.account);
    assert.equal(root?.Arn, `arn:aws:iam::${test.account}:root`);
    assert.equal(root?.UserName, undefined);
  });

  it('asks a role session to name the user', async () => {
    const trust = policy({ Effect: 'Allow', Principal: { AWS: test.account }, Action: 'sts:AssumeRole' });
    await test.root.createRole({ RoleName: 'visitor', AssumeRolePolicyDocument: trust });
    await test.root.putRolePolicy({ RoleName: 'visitor', PolicyName: 'all', PolicyDocument: policy(allow('iam:*')) });
    await test.userWith('assumer', allow('sts:AssumeRole'));
    const visitor = await test.sessionOf('assumer', 'visitor');
    const expected = '400 ValidationError: Must specify userName when calling with non-User credentials';
    assert.equal(await refusal(visitor.getUser({})), expected);
    assert.equal(await refusal(visitor.createAccessKey({})), expected);
    assert.equal((await visitor.getUser({ UserName: 'ann' })).User?.UserName, 'Ann');
  });

  it('lists page by page, below a path', async () => {
    for (const name of ['p3', 'p1', 'p2']) await test.root.createUser({ UserName: name, Path: '/pages/' });
    const pages = await allPages(
      (marker) => test.root.listUsers({ PathPrefix: '/pages/', MaxItems: 2, ...marker }),
      ({ Users }) => Users?.map(({ UserName }) => UserName),
    );
    assert.deepEqual(pages, [['p1', 'p2'], ['p3']]);
    assert.match(await refusal(test.root.listUsers({ Marker: 'made-up' })), /^400 ValidationError: /);
  });

  it('renames a user: keys, groups, credentials and policies stay with it', async () => {
    const old = await test.userWith('old-name', allow('iam:GetUser'));
    await test.root.createGroup({ GroupName: 'movers' });
    await test.root.addUserToGroup({ GroupName: 'movers', UserName: 'old-name' });
    await test.root.createLoginProfile({ UserName: 'old-name', Password: 'correct Horse 7' });
    await test.root.updateUser({ UserName: 'old-name', NewUserName: 'new-name', NewPath: '/moved/' });

    assert.equal((await old.getUser({})).User?.Arn, `arn:aws:iam::${test.account}:user/moved/new-name`);
    assert.equal(
      (await test.root.listAccessKeys({ UserName: 'new-name' })).AccessKeyMetadata?.[0]?.UserName,
      'new-name',
    );
    assert.equal((await test.root.getLoginProfile({ UserName: 'new-name' })).LoginProfile?.UserName, 'new-name');
    assert.deepEqual(
      (await test.root.getGroup({ GroupName: 'movers' })).Users?.map(({ UserName }) => UserName),
      ['new-name'],
    );
    assert.match(await refusal(test.root.getUser({ UserName: 'old-name' })), /^404 /);
    assert.equal(
      await refusal(test.root.updateUser({ UserName: 'new-name', NewUserName: 'Ann' })),
      '409 EntityAlreadyExistsException: User with name Ann already exists.',
    );
    await test.root.updateUser({ UserName: 'new-name', NewUserName: 'New-Name' });
    assert.equal((await old.getUser({})).User?.UserName, 'New-Name');
  });

  it('renames only with permission for both names', async () => {
    await test.root.createUser({ UserName: 'from' });
    const half = await test.userWith('half', allow('iam:UpdateUser', `arn:aws:iam::${test.account}:user/from`));
    assert.match(
      await refusal(half.updateUser({ UserName: 'from', NewUserName: 'to' })),
      /^403 AccessDenied: .* on resource: arn:aws:iam::\d+:user\/to /,
    );
    await half.updateUser({ UserName: 'from' });
  });

  it('does not delete a user while something is left, and names it in turn', async () => {
    const UserName = 'leaving';
    await test.userWith(UserName, allow('iam:GetUser'));
    await test.root.attachUserPolicy({ UserName, PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' });
    await test.root.createLoginProfile({ UserName, Password: 'correct Horse 7' });
    await test.root.createGroup({ GroupName: 'stayers' });
    await test.root.addUserToGroup({ GroupName: 'stayers', UserName });
    const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
      [
        'must detach all policies',
        () => test.root.detachUserPolicy({ UserName, PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }),
      ],
      ['must delete policies', () => test.root.deleteUserPolicy({ UserName, PolicyName: 'may' })],
      [
        'must delete access keys',
        async () => {
          const { AccessKeyMetadata: [key] = [] } = await test.root.listAccessKeys({ UserName });
          await test.root.deleteAccessKey({ UserName, AccessKeyId: key?.AccessKeyId });
        },
      ],
      ['must delete login profile', () => test.root.deleteLoginProfile({ UserName })],
      ['must remove referenced objects', () => test.root.removeUserFromGroup({ UserName, GroupName: 'stayers' })],
    ];
    for (const [what, remove] of steps) {
      assert.equal(
        await refusal(test.root.deleteUser({ UserName })),
        `409 DeleteConflictException: Cannot delete entity, ${what} first.`,
      );
      await remove();
    }
    await test.root.deleteUser({ UserName });
    assert.match(await refusal(test.root.getUser({ UserName })), /^404 /);
  });

  it('asks for iam:TagUser too when a new user carries tags, with the tags as conditions', async () => {
    const team = { StringEquals: { 'aws:RequestTag/team': 'red' } };
    const maker = await test.userWith('maker', allow('iam:CreateUser'), allow('iam:TagUser', '*', team));
    await maker.createUser({ UserName: 'red-one', Tags: [{ Key: 'team', Value: 'red' }] });
    assert.match(
      await refusal(maker.createUser({ UserName: 'blue-one', Tags: [{ Key: 'team', Value: 'blue' }] })),
      /^403 AccessDenied: .*perform: iam:TagUser/,
    );
  });

  it('keeps tags, with keys alike but for case as one', async () => {
    const UserName = 'tagged';
    await test.root.createUser({ UserName, Tags: [{ Key: 'Team', Value: 'a' }] });
    await test.root.tagUser({
      UserName,
      Tags: [
        { Key: 'team', Value: 'b' },
        { Key: 'x', Value: '' },
      ],
    });
    assert.deepEqual((await test.root.listUserTags({ UserName })).Tags, [
      { Key: 'team', Value: 'b' },
      { Key: 'x', Value: '' },
    ]);
    await test.root.untagUser({ UserName, TagKeys: ['TEAM'] });
    assert.deepEqual((await test.root.getUser({ UserName })).User?.Tags, [{ Key: 'x', Value: '' }]);
  });

  it('lets tags decide', async () => {
    const seer = await test.userWith(
      'seer',
      allow('iam:ListUserTags', '*', { StringEquals: { 'iam:ResourceTag/x': '1' } }),
    );
    await test.root.createUser({ UserName: 'seen', Tags: [{ Key: 'x', Value: '1' }] });
    await test.root.createUser({ UserName: 'unseen', Tags: [{ Key: 'x', Value: '2' }] });
    await seer.listUserTags({ UserName: 'seen' });
    assert.match(await refusal(seer.listUserTags({ UserName: 'unseen' })), /^403 /);
  });

  it('puts a boundary on a user: it limits, and it is shown', async () => {
    const UserName = 'bounded';
    const bounded = await test.userWith(UserName, allow('iam:*'));
    await test.root.putUserPermissionsBoundary({
      UserName,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess',
    });
    assert.deepEqual((await bounded.getUser({})).User?.PermissionsBoundary, {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess',
    });
    assert.match(
      await refusal(bounded.createGroup({ GroupName: 'g' })),
      /because no permissions boundary allows the iam:CreateGroup action$/,
    );
    await test.root.deleteUserPermissionsBoundary({ UserName });
    await bounded.createGroup({ GroupName: 'g' });
    assert.match(
      await refusal(
        test.root.putUserPermissionsBoundary({
          UserName,
          PermissionsBoundary: `arn:aws:iam::${test.account}:policy/none`,
        }),
      ),
      /^404 NoSuchEntityException: /,
    );
  });
});
