import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, allPages, openTestAccount, policy, refusal, type TestAccount } from './iam-for-tests.ts';

describe('groups', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  it('keep inline policies as given, listed page by page', async () => {
    const GroupName = 'inline';
    await test.root.createGroup({ GroupName });
    const names = ['a', 'b', 'c'];
    const document = policy(allow('s3:GetObject'));
    for (const PolicyName of names) await test.root.putGroupPolicy({ GroupName, PolicyName, PolicyDocument: document });
    const pages = await allPages(
      (marker) => test.root.listGroupPolicies({ GroupName, MaxItems: 2, ...marker }),
      ({ PolicyNames }) => PolicyNames,
    );
    assert.deepEqual(pages, [['a', 'b'], ['c']]);
    const { PolicyDocument = '' } = await test.root.getGroupPolicy({ GroupName, PolicyName: 'b' });
    assert.equal(decodeURIComponent(PolicyDocument), document);
    await test.root.deleteGroupPolicy({ GroupName, PolicyName: 'b' });
    assert.deepEqual((await test.root.listGroupPolicies({ GroupName })).PolicyNames, ['a', 'c']);
    assert.match(await refusal(test.root.getGroupPolicy({ GroupName, PolicyName: 'b' })), /^404 NoSuchEntity/);
  });

  it('creates, shows and lists groups', async () => {
    const { Group: made } = await test.root.createGroup({ GroupName: 'Admins', Path: '/org/' });
    assert.match(made?.GroupId ?? '', /^AGPA[A-Z2-7]{17}$/);
    assert.equal(made?.Arn, `arn:aws:iam::${test.account}:group/org/Admins`);
    const found = await test.root.getGroup({ GroupName: 'admins' });
    assert.deepEqual(found.Group, made);
    assert.deepEqual(found.Users, []);
    assert.deepEqual((await test.root.listGroups({ PathPrefix: '/org/' })).Groups, [made]);
    assert.deepEqual((await test.root.listGroups({ PathPrefix: '/other/' })).Groups, []);
    assert.equal(
      await refusal(test.root.createGroup({ GroupName: 'ADMINS' })),
      '409 EntityAlreadyExistsException: Group with name ADMINS already exists.',
    );
    assert.equal(
      await refusal(test.root.getGroup({ GroupName: 'nobody' })),
      '404 NoSuchEntityException: The group with name nobody cannot be found.',
    );
  });

  it('gives members what the group may, as long as they are members', async () => {
    await test.root.createGroup({ GroupName: 'readers' });
    await test.root.putGroupPolicy({
      GroupName: 'readers',
      PolicyName: 'read',
      PolicyDocument: policy(allow('iam:ListGroups')),
    });
    const ann = await test.userWith('ann');
    assert.match(await refusal(ann.listGroups({})), /^403 /);
    await test.root.addUserToGroup({ GroupName: 'readers', UserName: 'ann' });
    await test.root.addUserToGroup({ GroupName: 'readers', UserName: 'ann' });
    await ann.listGroups({});
    assert.deepEqual(
      (await test.root.listGroupsForUser({ UserName: 'ann' })).Groups?.map(({ GroupName }) => GroupName),
      ['readers'],
    );
    await test.root.removeUserFromGroup({ GroupName: 'readers', UserName: 'ann' });
    assert.match(await refusal(ann.listGroups({})), /^403 /);
  });

  it('shows members page by page', async () => {
    await test.root.createGroup({ GroupName: 'crowd' });
    for (const UserName of ['m3', 'm1', 'm2']) {
      await test.root.createUser({ UserName });
      await test.root.addUserToGroup({ GroupName: 'crowd', UserName });
    }
    const pages = await allPages(
      (marker) => test.root.getGroup({ GroupName: 'crowd', MaxItems: 2, ...marker }),
      ({ Users }) => Users?.map(({ UserName }) => UserName),
    );
    assert.deepEqual(pages, [['m1', 'm2'], ['m3']]);
  });

  it('renames a group: members follow', async () => {
    await test.root.updateGroup({ GroupName: 'crowd', NewGroupName: 'throng', NewPath: '/big/' });
    assert.equal((await test.root.getGroup({ GroupName: 'throng' })).Users?.length, 3);
    const { Groups } = await test.root.listGroupsForUser({ UserName: 'm1' });
    assert.deepEqual(
      Groups?.map(({ Arn }) => Arn),
      [`arn:aws:iam::${test.account}:group/big/throng`],
    );
    assert.match(await refusal(test.root.getGroup({ GroupName: 'crowd' })), /^404 /);
    assert.match(
      await refusal(test.root.updateGroup({ GroupName: 'throng', NewGroupName: 'readers' })),
      /^409 EntityAlreadyExists/,
    );
  });

  it('deletes a group only when it is empty', async () => {
    const GroupName = 'ending';
    const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
    await test.root.createGroup({ GroupName });
    await test.root.addUserToGroup({ GroupName, UserName: 'm1' });
    await test.root.attachGroupPolicy({ GroupName, PolicyArn });
    await test.root.putGroupPolicy({ GroupName, PolicyName: 'p', PolicyDocument: policy(allow('s3:*')) });
    const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['must remove users from group', () => test.root.removeUserFromGroup({ GroupName, UserName: 'm1' })],
      ['must detach all policies', () => test.root.detachGroupPolicy({ GroupName, PolicyArn })],
      ['must delete policies', () => test.root.deleteGroupPolicy({ GroupName, PolicyName: 'p' })],
    ];
    for (const [what, remove] of steps) {
      assert.equal(
        await refusal(test.root.deleteGroup({ GroupName })),
        `409 DeleteConflictException: Cannot delete entity, ${what} first.`,
      );
      await remove();
    }
    await test.root.deleteGroup({ GroupName });
  });

  it('lets a user into ten groups', async () => {
    await test.root.createUser({ UserName: 'joiner' });
    for (let index = 0; index <= 10; index += 1) await test.root.createGroup({ GroupName: `g${index}` });
    for (let index = 0; index < 10; index += 1)
      await test.root.addUserToGroup({ GroupName: `g${index}`, UserName: 'joiner' });
    assert.equal(
      await refusal(test.root.addUserToGroup({ GroupName: 'g10', UserName: 'joiner' })),
      '409 LimitExceededException: Cannot exceed quota for GroupsPerUser: 10',
    );
  });

  it('keeps members and groups right when many change at once', async () => {
    await test.root.createGroup({ GroupName: 'rush' });
    const names = Array.from({ length: 12 }, (_, index) => `rusher-${index}`);
    await Promise.all(names.map((UserName) => test.root.createUser({ UserName })));
    await Promise.all(names.map((UserName) => test.root.addUserToGroup({ GroupName: 'rush', UserName })));
    assert.equal((await test.root.getGroup({ GroupName: 'rush' })).Users?.length, names.length);
    const outcome = await Promise.allSettled([
      test.root.deleteGroup({ GroupName: 'rush' }),
      ...names.map((UserName) => test.root.removeUserFromGroup({ GroupName: 'rush', UserName })),
    ]);
    assert.equal(outcome.filter(({ status }) => status === 'rejected').length <= 1, true);
  });
});
