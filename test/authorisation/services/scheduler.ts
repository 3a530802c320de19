import type { ServiceCases } from '../services.ts';

const Tags = [{ Key: 'team', Value: 'blue' }];

export const scheduler: ServiceCases = {
  service: 'scheduler',
  refusal: '403 AccessDeniedException',
  stock: async (root, { account }) => {
    const trust = { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
    await root.send('iam', 'CreateRole', { RoleName: 'scheduler', AssumeRolePolicyDocument });
    await root.send('scheduler', 'CreateScheduleGroup', { Name: 'group', Tags });
    const schedule = {
      GroupName: 'group',
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: `arn:aws:sqs:us-east-1:${account}:queue`, RoleArn: `arn:aws:iam::${account}:role/scheduler` },
    };
    await root.send('scheduler', 'CreateSchedule', { Name: 'schedule', ...schedule });
    return {
      byMember: {
        Name: 'schedule',
        GroupName: 'group',
        ResourceArn: `arn:aws:scheduler:us-east-1:${account}:schedule-group/group`,
        TagKeys: ['team'],
        Tags,
      },
      byOperation: {
        CreateSchedule: { Name: 'new', ...schedule },
        CreateScheduleGroup: { Name: 'new' },
        DeleteScheduleGroup: { Name: 'group' },
        GetScheduleGroup: { Name: 'group' },
        UpdateSchedule: schedule,
      },
    };
  },
  exceptions: {
    absentKeys: [
      ...['CreateScheduleGroup', 'CreateScheduleGroup > scheduler:TagResource'].map((name) => ({
        of: `scheduler:${name}`,
        what: 'aws:ResourceTag/*',
        reason: 'what is being made has no tags yet',
      })),
      ...['Create', 'Update'].flatMap((verb) =>
        ['aws:ResourceTag/*', 'iam:ResourceTag/*'].map((what) => ({
          of: `scheduler:${verb}Schedule > iam:PassRole`,
          what,
          reason: 'the role has no tags',
        })),
      ),
    ],
  },
};
