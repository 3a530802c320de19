import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const member = '444455556666';
const arn = `arn:aws:iam::${member}:root`;
const task = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';

describe('AssumeRoot', () => {
  let ringwall: Ringwall;
  let iam: IAM;
  let ann: STS;
  const ask = (sts: STS, TargetPrincipal = member, policy = task, DurationSeconds = 900) =>
    sts.assumeRoot({ TargetPrincipal, TaskPolicyArn: { arn: policy }, DurationSeconds });
  const allow = (Condition: object) =>
    iam.putUserPolicy({
      UserName: 'ann',
      PolicyName: 'may',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRoot', Resource: arn, Condition },
      }),
    });

  before(async () => {
    ringwall = await startRingwall();
    iam = new IAM(ringwall.client);
    await iam.createUser({ UserName: 'ann' });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
    ann = new STS(ringwall.as({ accessKeyId, secretAccessKey }));
  });
  after(() => ringwall.stop());

  const denied = (end: string) => ({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${ringwall.account}:user/ann is not authorized to perform: sts:AssumeRoot on resource: ${arn}${end}`,
  });
  const noPolicy = ' because no identity-based policy allows the sts:AssumeRoot action';

  it('needs the permission, for the task', async () => {
    await assert.rejects(ask(ann), denied(noPolicy));
    await allow({ StringEquals: { 'sts:TaskPolicyArn': 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' } });
    await assert.rejects(ask(ann), denied(noPolicy));
  });

  it('is denied outside an organization, whatever policies allow', async () => {
    await allow({ StringEquals: { 'sts:TaskPolicyArn': task } });
    for (const target of [member, arn]) await assert.rejects(ask(ann, target), denied(''));
    await assert.rejects(ask(new STS(ringwall.client)), { name: 'AccessDenied' });
  });

  it('refuses what is no member, no task and no time', async () => {
    await allow({});
    const wrong: readonly (readonly [string, string, number])[] = [
      ['somebody-else', task, 900],
      [`arn:aws:iam::${member}`, task, 900],
      [`arn:aws:iam::${member}:user/ann`, task, 900],
      [member, 'arn:aws:iam::aws:policy/AdministratorAccess', 900],
      [member, task, 901],
    ];
    for (const input of wrong) await assert.rejects(ask(ann, ...input), { name: 'ValidationError' });
  });
});
