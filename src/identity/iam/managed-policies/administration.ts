import { allow, awsPolicy } from './aws-policy.ts';

export const administration = [
  awsPolicy('AdministratorAccess', {
    description: 'Provides full access to AWS services and resources.',
    created: '2015-02-06',
    updated: '2015-02-06',
    version: 1,
    statements: [allow('*')],
  }),
  awsPolicy('PowerUserAccess', {
    description:
      'Provides full access to AWS services and resources, but does not allow management of Users and groups.',
    created: '2015-02-06',
    updated: '2026-02-12',
    version: 12,
    statements: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      allow(
        'account:GetAccountInformation account:GetGovCloudAccountInformation account:GetPrimaryEmail account:ListRegions iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole iam:ListRoles organizations:DescribeEffectivePolicy organizations:DescribeOrganization',
      ),
    ],
  }),
];
