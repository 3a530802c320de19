import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Context } from '#runtime/context.ts';
import { Records } from '#runtime/records.ts';
import { Unit } from '#runtime/unit.ts';
import { CreateAccessKey } from './access-keys.ts';
import { AddUserToGroup } from './group-members.ts';
import { AttachGroupPolicy } from './group-policies.ts';
import { DeleteGroup, UpdateGroup } from './groups.ts';
import { allow, openTestAccount, policy, type TestAccount } from './iam-for-tests.ts';
import { CreateLoginProfile } from './login-profiles.ts';
import { PutUserPermissionsBoundary } from './permissions-boundary.ts';
import { DeletePolicy } from './policies.ts';
import { CreateServiceSpecificCredential } from './service-credentials.ts';
import { AttachUserPolicy } from './user-policies.ts';
import { DeleteUser, UpdateUser } from './users.ts';

/** Two calls that both read before either is kept: the second must run again, or it would break what the first did. */
describe('calls that overlap', () => {
  const UserName = 'ann';
  const GroupName = 'team';
  let test: TestAccount;
  let PolicyArn = '';
  before(async () => {
    test = await openTestAccount();
    await test.root.createUser({ UserName });
    await test.root.createUser({ UserName: 'bob' });
    await test.root.createGroup({ GroupName });
    PolicyArn =
      (await test.root.createPolicy({ PolicyName: 'p', PolicyDocument: policy(allow('s3:*')) })).Policy?.Arn ?? '';
  });
  after(() => test.ringwall.stop());

  type Call = (ctx: Context) => unknown;
  const createKey: Call = (ctx) => CreateAccessKey.handle({ UserName }, ctx);
  const deleteUser: Call = (ctx) => DeleteUser.handle({ UserName }, ctx);
  const addToGroup: Call = (ctx) => AddUserToGroup.handle({ UserName, GroupName }, ctx);
  const deletePolicy: Call = (ctx) => DeletePolicy.handle({ PolicyArn }, ctx);
  const pairs: readonly (readonly [title: string, one: Call, other: Call])[] = [
    ['two keys for one user', createKey, createKey],
    ['a key for a user that is deleted', createKey, deleteUser],
    ['a key for a user that is renamed', createKey, (ctx) => UpdateUser.handle({ UserName, NewUserName: 'zoe' }, ctx)],
    [
      'a login profile for a user that is deleted',
      (ctx) => CreateLoginProfile.handle({ UserName, Password: 'correct Horse 7' }, ctx),
      deleteUser,
    ],
    [
      'a service credential for a user that is deleted',
      (ctx) => CreateServiceSpecificCredential.handle({ UserName, ServiceName: 'codecommit.amazonaws.com' }, ctx),
      deleteUser,
    ],
    ['a member for a group that is deleted', addToGroup, (ctx) => DeleteGroup.handle({ GroupName }, ctx)],
    [
      'a member for a group that is renamed',
      addToGroup,
      (ctx) => UpdateGroup.handle({ GroupName, NewGroupName: 'gang' }, ctx),
    ],
    [
      'a policy attached while it is deleted',
      (ctx) => AttachUserPolicy.handle({ UserName, PolicyArn }, ctx),
      deletePolicy,
    ],
    [
      'a policy attached to a group while it is deleted',
      (ctx) => AttachGroupPolicy.handle({ GroupName, PolicyArn }, ctx),
      deletePolicy,
    ],
    [
      'a boundary set while it is deleted',
      (ctx) => PutUserPermissionsBoundary.handle({ UserName, PermissionsBoundary: PolicyArn }, ctx),
      deletePolicy,
    ],
    [
      'two users that take one name',
      (ctx) => UpdateUser.handle({ UserName, NewUserName: 'zoe' }, ctx),
      (ctx) => UpdateUser.handle({ UserName: 'bob', NewUserName: 'Zoe' }, ctx),
    ],
  ];
  for (const [title, one, other] of pairs) {
    it(title, async () => {
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const) {
        assert.ok(conflict(await attempt(first), await attempt(second)), 'the second call is not stopped');
      }
    });
  }

  async function attempt(call: Call): Promise<Unit> {
    const unit = new Unit();
    const { account } = test;
    const ctx = {
      account,
      principal: { kind: 'root', arn: `arn:aws:iam::${account}:root`, account },
      now: Date.now(),
      records: new Records(test.ringwall.installation.house.store, unit, account, 'us-east-1'),
      random: (length: number) => randomBytes(length),
      audit: () => undefined,
    };
    await call(ctx as unknown as Context);
    return unit;
  }
});

/** Whether the store would refuse the second once the first is kept: it goes by records that the first changed. */
function conflict(first: Unit, second: Unit): boolean {
  const { reads, writes } = second.commit([]);
  const seen = new Set([...reads, ...writes].map(({ key }) => `${key.collection} ${key.id}`));
  return first.commit([]).writes.some(({ key }) => seen.has(`${key.collection} ${key.id}`));
}
