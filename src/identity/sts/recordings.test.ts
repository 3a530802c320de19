import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { outcomeOf, Placeholders, recordedCases } from '../recordings-for-tests.ts';

const cases = recordedCases('sts');

describe(`STS answers as AWS was recorded: ${cases?.size ?? 0} of ${cases?.size ?? 0} cases`, {
  skip: cases === undefined ? 'the recordings are not at hand' : false,
}, () => {
  let ringwall: Ringwall;
  let iam: IAM;
  let caller: STS;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAM(ringwall.client);
    await iam.createUser({ UserName: 'caller' });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
    });
    await iam.putUserPolicy({ UserName: 'caller', PolicyName: 'sts', PolicyDocument });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'caller' });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
    caller = new STS(ringwall.as({ accessKeyId, secretAccessKey }));
  });
  after(() => ringwall.stop());

  function compare(name: string, answers: Readonly<Record<string, object>>): void {
    const recorded = cases?.get(name);
    assert.ok(recorded !== undefined, `\`${name}\` is among the recordings`);
    const placeholders = new Placeholders(ringwall.account);
    const found = Object.entries(recorded).flatMap(([step, answer]) =>
      placeholders.differences(answer, answers[step], step),
    );
    assert.deepEqual(found, []);
  }

  const createRole = (RoleName: string, Action: string | readonly string[]) =>
    outcomeOf(
      iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: ringwall.account }, Action }],
        }),
      }),
    );
  const taggable = ['sts:AssumeRole', 'sts:TagSession'];
  const arnOf = (name: string) => `arn:aws:iam::${ringwall.account}:role/${name}`;

  it('to a role that is assumed', async () => {
    const RoleSessionName = 'a-session';
    compare('test_sts::TestSTSIntegrations::test_assume_role', {
      'create-role': await createRole('assumed', 'sts:AssumeRole'),
      'role-session-name': { RoleSessionName },
      'assume-role': await outcomeOf(caller.assumeRole({ RoleArn: arnOf('assumed'), RoleSessionName })),
    });
  });

  it('to a federation token', async () => {
    compare('test_sts::TestSTSIntegrations::test_get_federation_token', {
      'get-federation-token': await outcomeOf(caller.getFederationToken({ Name: 'federated' })),
    });
  });

  it('to parameters that are wrong', async () => {
    const assume = (RoleArn: string, RoleSessionName = 'session') =>
      outcomeOf(caller.assumeRole({ RoleArn, RoleSessionName }));
    compare('test_sts::TestSTSIntegrations::test_sts_invalid_parameters', {
      'invalid-session-name': await assume(arnOf('whatever'), 'Session1:2'),
      'malformed-arn': await assume('nothing-valid-in-here'),
      'no-partition': await assume('arn::b:::something/test-role'),
      'no-resource': await assume('arn:a:a::aaaaaaaaaa:'),
      'no-service': await assume('arn:a::::something/test-role'),
      'not-enough-colons': await assume('arn:a:::something/test-role'),
    });
  });

  it('to session tags that are wrong', async () => {
    const created = await createRole('tagged', taggable);
    const session = { RoleArn: arnOf('tagged'), RoleSessionName: 'session' };
    const twice = [
      { Key: 'name', Value: 'a' },
      { Key: 'NAME', Value: 'b' },
    ];
    const transitive = { Tags: [{ Key: 'name', Value: 'a' }], TransitiveTagKeys: ['other'] };
    compare('test_sts::TestSTSAssumeRoleTagging::test_assume_role_tag_validation', {
      'role-1': created,
      'duplicate-tag-keys-different-casing': await outcomeOf(caller.assumeRole({ ...session, Tags: twice })),
      'invalid-transitive-tag-keys': await outcomeOf(caller.assumeRole({ ...session, ...transitive })),
    });
  });

  it('to a chained session that overrides a transitive tag', async () => {
    const first = await createRole('chained-1', taggable);
    const second = await createRole('chained-2', taggable);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: taggable, Resource: '*' },
    });
    await iam.putRolePolicy({ RoleName: 'chained-1', PolicyName: 'chain', PolicyDocument });
    const { Credentials } = await caller.assumeRole({
      RoleArn: arnOf('chained-1'),
      RoleSessionName: 'first',
      Tags: [{ Key: 'team', Value: 'a' }],
      TransitiveTagKeys: ['team'],
    });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = Credentials ?? {};
    const chained = new STS(
      ringwall.as({ accessKeyId, secretAccessKey, sessionToken: Credentials?.SessionToken ?? '' }),
    );
    const override = (Key: string) =>
      outcomeOf(
        chained.assumeRole({ RoleArn: arnOf('chained-2'), RoleSessionName: 'second', Tags: [{ Key, Value: 'b' }] }),
      );
    compare('test_sts::TestSTSAssumeRoleTagging::test_iam_role_chaining_override_transitive_tags', {
      'role-1': first,
      'role-2': second,
      'override-transitive-tag-error': await override('team'),
      'override-transitive-tag-case-ignore-error': await override('TEAM'),
    });
  });

  it('in every case', () => {
    const replayed = 5;
    assert.equal(cases?.size, replayed, 'a new case needs a replay');
  });
});
