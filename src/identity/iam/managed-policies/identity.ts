import { allow, awsPolicy } from './aws-policy.ts';

export const identity = [
  awsPolicy('IAMFullAccess', {
    description: 'Provides full access to IAM via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2019-06-21',
    version: 2,
    statements: [
      allow(
        'iam:* organizations:DescribeAccount organizations:DescribeOrganization organizations:DescribeOrganizationalUnit organizations:DescribePolicy organizations:ListChildren organizations:ListParents organizations:ListPoliciesForTarget organizations:ListRoots organizations:ListPolicies organizations:ListTargetsForPolicy',
      ),
    ],
  }),
  awsPolicy('IAMReadOnlyAccess', {
    description: 'Provides read only access to IAM via the AWS Management Console.',
    created: '2015-02-06',
    updated: '2018-01-25',
    version: 4,
    statements: [
      allow(
        'iam:GenerateCredentialReport iam:GenerateServiceLastAccessedDetails iam:Get* iam:List* iam:SimulateCustomPolicy iam:SimulatePrincipalPolicy',
      ),
    ],
  }),
  awsPolicy('IAMUserChangePassword', {
    description: 'Provides the ability for an IAM user to change their own password.',
    created: '2016-11-15',
    updated: '2026-02-12',
    version: 5,
    statements: [
      allow('iam:ChangePassword', {
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: policy variables
        Resource: ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::*:user/*/${aws:username}'],
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: policy variables
      }),
      allow('iam:GetAccountPasswordPolicy'),
    ],
  }),
];
