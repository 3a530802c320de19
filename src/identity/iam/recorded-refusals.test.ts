import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import type { IAM } from '@aws-sdk/client-iam';
import { outcomeOf, recordedResponses } from '../recordings-for-tests.ts';
import { openTestAccount, policy, type TestAccount } from './iam-for-tests.ts';

type Refusal = { readonly Code: string; readonly Message?: string };

/** Each refusal that AWS was recorded to answer, asked again: the names come from the message. */
const questions: readonly {
  readonly operation: string;
  /** Which of the operation's refusals. */
  readonly message: RegExp;
  readonly ask: (iam: IAM, account: string) => Promise<object>;
  /** How we differ, until we do not. */
}[] = [
  {
    operation: 'GetServerCertificate',
    message: /./,
    ask: (iam) => iam.getServerCertificate({ ServerCertificateName: 'alt_test_cert' }),
  },
  {
    operation: 'GetOpenIDConnectProvider',
    message: /./,
    ask: (iam, account) =>
      iam.getOpenIDConnectProvider({
        OpenIDConnectProviderArn: `arn:aws:iam::${account}:oidc-provider/accounts.google.com`,
      }),
  },
  {
    operation: 'GetSAMLProvider',
    message: /./,
    ask: (iam, account) =>
      iam.getSAMLProvider({ SAMLProviderArn: `arn:aws:iam::${account}:saml-provider/testprovider` }),
  },
  { operation: 'GetAccountPasswordPolicy', message: /./, ask: (iam) => iam.getAccountPasswordPolicy({}) },
  {
    operation: 'GetRole',
    message: /c7n_test_check_permissions/,
    ask: (iam) => iam.getRole({ RoleName: 'c7n_test_check_permissions' }),
  },
  { operation: 'GetRole', message: /c7n-test-delete/, ask: (iam) => iam.getRole({ RoleName: 'c7n-test-delete' }) },
  { operation: 'GetRole', message: /c7n-pratyush-test/, ask: (iam) => iam.getRole({ RoleName: 'c7n-pratyush-test' }) },
  { operation: 'GetRole', message: /name test_role /, ask: (iam) => iam.getRole({ RoleName: 'test_role' }) },
  {
    operation: 'SimulatePrincipalPolicy',
    message: /./,
    ask: (iam, account) =>
      iam.simulatePrincipalPolicy({
        PolicySourceArn: `arn:aws:iam::${account}:role/gone`,
        ActionNames: ['sqs:ListQueues'],
      }),
  },
  {
    operation: 'DeleteRole',
    message: /./,
    ask: async (iam) => {
      await iam.createServiceLinkedRole({ AWSServiceName: 'support.amazonaws.com' });
      return iam.deleteRole({ RoleName: 'AWSServiceRoleForSupport' });
    },
  },
  {
    operation: 'DeleteInstanceProfile',
    message: /./,
    ask: (iam) => iam.deleteInstanceProfile({ InstanceProfileName: 'test' }),
  },
  {
    operation: 'ListInstanceProfilesForRole',
    message: /./,
    ask: (iam) => iam.listInstanceProfilesForRole({ RoleName: 'test' }),
  },
  {
    operation: 'RemoveRoleFromInstanceProfile',
    message: /./,
    ask: async (iam) => {
      await iam.createInstanceProfile({ InstanceProfileName: 'empty' });
      return iam.removeRoleFromInstanceProfile({ InstanceProfileName: 'empty', RoleName: 'test' });
    },
  },
  {
    operation: 'DeleteGroup',
    message: /./,
    ask: async (iam) => {
      await iam.createGroup({ GroupName: 'busy' });
      await iam.createUser({ UserName: 'member' });
      await iam.addUserToGroup({ GroupName: 'busy', UserName: 'member' });
      return iam.deleteGroup({ GroupName: 'busy' });
    },
  },
  { operation: 'GetGroup', message: /./, ask: (iam) => iam.getGroup({ GroupName: 'sandbox_developers' }) },
  {
    operation: 'DetachRolePolicy',
    message: /./,
    ask: async (iam) => {
      const Principal = { Service: 'ec2.amazonaws.com' };
      const AssumeRolePolicyDocument = policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
      await iam.createRole({ RoleName: 'bare', AssumeRolePolicyDocument });
      return iam.detachRolePolicy({
        RoleName: 'bare',
        PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccessDoesNotExist',
      });
    },
  },
  {
    operation: 'GetPolicy',
    message: /AdministratorAccessDoesNotExist/,
    ask: (iam) => iam.getPolicy({ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccessDoesNotExist' }),
  },
  {
    operation: 'GetPolicy',
    message: /IamCreateRoleAndCreatePolicy/,
    ask: (iam, account) => iam.getPolicy({ PolicyArn: `arn:aws:iam::${account}:policy/IamCreateRoleAndCreatePolicy` }),
  },
  {
    operation: 'DeleteLoginProfile',
    message: /./,
    ask: async (iam) => {
      await iam.createUser({ UserName: 'alice' });
      return iam.deleteLoginProfile({ UserName: 'alice' });
    },
  },
  {
    operation: 'GetLoginProfile',
    message: /./,
    ask: async (iam) => {
      await iam.createUser({ UserName: 'test-user-no-console-access' });
      return iam.getLoginProfile({ UserName: 'test-user-no-console-access' });
    },
  },
  { operation: 'GetCredentialReport', message: /ReportNotPresent/, ask: (iam) => iam.getCredentialReport({}) },
];

/** What cannot be asked again: a report is there as soon as it is asked for. */
const apart = /^GetCredentialReport ReportInProgress/;

const responses = recordedResponses('iam');
const refusals = (responses ?? []).flatMap(({ operation, data }) => {
  const { Error: error, ResponseMetadata } = data as {
    readonly Error?: Refusal;
    readonly ResponseMetadata: { readonly HTTPStatusCode?: number };
  };
  if (error === undefined || apart.test(`${operation} ${error.Code}`)) return [];
  return [{ operation, code: error.Code, message: error.Message ?? '', status: ResponseMetadata.HTTPStatusCode }];
});
const different = [
  ...new Map(refusals.map((refusal) => [`${refusal.operation} ${refusal.message}`, refusal])).values(),
];

describe(`IAM refuses as AWS was recorded: ${different.length} refusals`, {
  skip: responses === undefined ? 'the recordings are not at hand' : false,
}, () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  /** Accounts of the recordings are not ours; `xyz` stands where AWS put the account's name. */
  const ours = (text: string) =>
    text.replace(/\b\d{12}\b/g, test.account).replace('domain name xyz', `domain name ${test.account}`);

  for (const { operation, code, message, status } of different) {
    const question = questions.find((asked) => asked.operation === operation && asked.message.test(message || code));
    it(`${operation}: ${code} ${message}`, async () => {
      assert.ok(question !== undefined, 'a refusal without a question');
      const { Error: error, ResponseMetadata } = (await outcomeOf(question.ask(test.root, test.account))) as {
        readonly Error?: Refusal;
        readonly ResponseMetadata: { readonly HTTPStatusCode?: number };
      };
      assert.equal(error?.Code, code);
      // Some refusals were recorded without their text, some without their status.
      if (message !== '') assert.equal(error?.Message, ours(message));
      if (status !== undefined) assert.equal(ResponseMetadata.HTTPStatusCode, status);
    });
  }
});
