import type { CreateServiceSpecificCredentialCommandOutput, IAM } from '@aws-sdk/client-iam';
import { outcomeOf } from '../recordings-for-tests.ts';

/** Asks again what was asked when a case was recorded; the answers by the names of its steps. Names are a case's own. */
export type Replay = (iam: IAM, account: string) => Promise<Readonly<Record<string, object>>>;

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trusting = (Principal: object, more: object = {}) =>
  document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more });
const ec2 = trusting({ Service: 'ec2.amazonaws.com' });
const lambda = trusting({ Service: 'lambda.amazonaws.com' });
const allowed = (Action: unknown, Resource: unknown) => document({ Effect: 'Allow', Action, Resource });

const oneUser =
  (step: string, UserName: string): Replay =>
  async (iam) => {
    await iam.createUser({ UserName });
    return { [step]: await outcomeOf(iam.getUser({ UserName })) };
  };

const attachPolicy =
  (entity: 'user' | 'role'): Replay =>
  async (iam) => {
    const name = `attached-to-${entity}`;
    if (entity === 'user') await iam.createUser({ UserName: name });
    else await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: ec2 });
    const PolicyName = `policy-of-more-than-20-${entity}`;
    const made = iam.createPolicy({ PolicyName, PolicyDocument: allowed('s3:*', '*') });
    const arn = (await made).Policy?.Arn ?? '';
    const attach = (PolicyArn: string) =>
      outcomeOf(
        entity === 'user'
          ? iam.attachUserPolicy({ UserName: name, PolicyArn })
          : iam.attachRolePolicy({ RoleName: name, PolicyArn }),
      );
    return {
      create_policy_response: await outcomeOf(made),
      existing_policy_name_provided: await attach(PolicyName),
      non_existent_malformed_policy_arn: await attach('neither-an-arn-nor-a-policy'),
      valid_arn_not_existent: await attach(`${arn}123`),
      valid_policy_arn: await attach(arn),
    };
  };

const simulated =
  (entity: 'user' | 'group' | 'role'): Replay =>
  async (iam, account) => {
    const name = `simulated-${entity}`;
    // The statement begins and ends in the recorded columns.
    const statement = '{"Effect": "Allow", "Action": "s3:PutOb*", "Resource": "arn:aws:s3:::*"}';
    const PolicyDocument = `{"Version": "2012-10-17", "Statement": [${statement}]}`;
    const { Policy } = await iam.createPolicy({ PolicyName: `policy-${entity}`, PolicyDocument });
    const PolicyArn = Policy?.Arn;
    if (entity === 'user') {
      await iam.createUser({ UserName: name });
      await iam.attachUserPolicy({ UserName: name, PolicyArn });
    } else if (entity === 'group') {
      await iam.createGroup({ GroupName: name });
      await iam.attachGroupPolicy({ GroupName: name, PolicyArn });
    } else {
      await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: ec2 });
      await iam.attachRolePolicy({ RoleName: name, PolicyArn });
    }
    const answer = iam.simulatePrincipalPolicy({
      PolicySourceArn: `arn:aws:iam::${account}:${entity}/${name}`,
      ActionNames: ['s3:PutObject', 's3:GetObjectVersion'],
      ResourceArns: ['arn:aws:s3:::bucket'],
    });
    return { response: await outcomeOf(answer) };
  };

const tagged = 'arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije';
const encodedPolicy = allowed(['apigatway:PUT'], [`arn:aws:apigateway:us-east-1::/tags/${tagged}`]);

/** @param suffix for the services that take one */
export const serviceRole =
  (AWSServiceName: string, suffix?: string): Replay =>
  async (iam) => {
    const { Role } = await iam.createServiceLinkedRole({
      AWSServiceName,
      ...(suffix === undefined ? {} : { CustomSuffix: suffix }),
    });
    const RoleName = Role?.RoleName;
    const steps = {
      'describe-response': await outcomeOf(iam.getRole({ RoleName })),
      'attached-role-policies': await outcomeOf(iam.listAttachedRolePolicies({ RoleName })),
      'inline-role-policies': await outcomeOf(iam.listRolePolicies({ RoleName })),
    };
    await iam.deleteServiceLinkedRole({ RoleName });
    return steps;
  };

export const refusedSuffix =
  (AWSServiceName: string): Replay =>
  async (iam) => ({
    'custom-suffix-not-allowed': await outcomeOf(
      iam.createServiceLinkedRole({ AWSServiceName, CustomSuffix: 'suffix' }),
    ),
  });

type Made = { readonly UserName: string; readonly ServiceSpecificCredentialId: string };

/** A user with a credential for a service, and what is then done with it. */
const credential =
  (UserName: string, ServiceName: string, then: (iam: IAM, made: Made) => Promise<Record<string, object>>): Replay =>
  async (iam) => {
    const user = await outcomeOf(iam.createUser({ UserName }));
    const making: Promise<CreateServiceSpecificCredentialCommandOutput> = iam.createServiceSpecificCredential({
      UserName,
      ServiceName,
    });
    const made = await outcomeOf(making);
    const { ServiceSpecificCredentialId = '' } = (await making).ServiceSpecificCredential ?? {};
    return {
      'create-user-response': user,
      'create-service-specific-credential-response': made,
      ...(await then(iam, { UserName, ServiceSpecificCredentialId })),
    };
  };

const codecommit = 'codecommit.amazonaws.com';

/** Delete, reset and update of a credential, with names or ids that are wrong. */
const mismatched =
  (what: string, wrong: (made: Made) => Made) =>
  async (iam: IAM, made: Made): Promise<Record<string, object>> => ({
    [`delete-wrong-${what}`]: await outcomeOf(iam.deleteServiceSpecificCredential(wrong(made))),
    [`reset-wrong-${what}`]: await outcomeOf(iam.resetServiceSpecificCredential(wrong(made))),
    [`update-wrong-${what}`]: await outcomeOf(
      iam.updateServiceSpecificCredential({ ...wrong(made), Status: 'Inactive' }),
    ),
  });

const lifecycle = async (iam: IAM, made: Made): Promise<Record<string, object>> => {
  const { UserName } = made;
  const list = () => outcomeOf(iam.listServiceSpecificCredentials({ UserName }));
  return {
    'list-service-specific-credentials-response-before-update': await list(),
    'update-service-specific-credential-response': await outcomeOf(
      iam.updateServiceSpecificCredential({ ...made, Status: 'Inactive' }),
    ),
    'list-service-specific-credentials-response-after-update': await list(),
    'reset-service-specific-credential-response': await outcomeOf(iam.resetServiceSpecificCredential(made)),
    'delete-service-specific-credentials-response': await outcomeOf(iam.deleteServiceSpecificCredential(made)),
  };
};

const refusedService = (iam: IAM, UserName: string, ServiceName: string) =>
  outcomeOf(iam.createServiceSpecificCredential({ UserName, ServiceName }));

/** By the name of the case, without the test's module. Steps of stacks and their outputs belong to another service. */
export const replays: Readonly<Record<string, Replay>> = {
  'TestBasicCRD::test_autogenerated_values': oneUser('autogenerated-get-user', 'generated'),
  'TestBasicCRD::test_black_box': oneUser('describe-resource', 'black-box'),
  'TestBasicCRD::test_getatt': oneUser('describe-resource', 'get-attribute'),
  'TestUpdates::test_update_without_replacement': async (iam) => {
    const earlier = await oneUser('describe-resource-before-update', 'updates')(iam, '');
    return { ...earlier, ...(await oneUser('describe-resource-after-update', 'updates-updated')(iam, '')) };
  },
  test_iam_username_defaultname: oneUser('get_iam_user', 'default-name'),
  'TestParity::test_create_with_full_properties': async (iam) => {
    const UserName = 'full';
    await iam.createUser({ UserName });
    for (const GroupName of ['full-1', 'full-2']) {
      await iam.createGroup({ GroupName });
      await iam.addUserToGroup({ GroupName, UserName });
    }
    return {
      'describe-user-resource': await outcomeOf(iam.getUser({ UserName })),
      'describe-user-group-association': await outcomeOf(iam.listGroupsForUser({ UserName })),
    };
  },
  'TestIAMExtensions::test_create_role_with_malformed_assume_role_policy_document': async (iam) => ({
    'invalid-json': await outcomeOf(iam.createRole({ RoleName: 'malformed', AssumeRolePolicyDocument: '{"a' })),
  }),
  'TestIAMExtensions::test_role_with_path_lifecycle': async (iam) => {
    const RoleName = 'with-path';
    return {
      'create-role-response': await outcomeOf(
        iam.createRole({ RoleName, Path: '/a/path/', AssumeRolePolicyDocument: lambda }),
      ),
      'get-role-response': await outcomeOf(iam.getRole({ RoleName })),
      'delete-role-response': await outcomeOf(iam.deleteRole({ RoleName })),
    };
  },
  'TestIAMIntegrations::test_create_describe_role': async (iam) => {
    const role = { RoleName: 'described', Path: '/described/' };
    return {
      create_role_result: await outcomeOf(iam.createRole({ ...role, AssumeRolePolicyDocument: ec2 })),
      get_role_result: await outcomeOf(iam.getRole(role)),
      list_roles_result: await outcomeOf(iam.listRoles({ PathPrefix: '/described/' })),
    };
  },
  'TestIAMIntegrations::test_list_roles_with_permission_boundary': async (iam) => {
    const role = { RoleName: 'bounded', Path: '/bounded/' };
    const created = await outcomeOf(iam.createRole({ ...role, AssumeRolePolicyDocument: ec2 }));
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await iam.putRolePermissionsBoundary({ RoleName: role.RoleName, PermissionsBoundary });
    return {
      created_role: created,
      list_roles_result: await outcomeOf(iam.listRoles({ PathPrefix: '/bounded/' })),
    };
  },
  'TestIAMIntegrations::test_delete_non_existent_policy_returns_no_such_entity': async (iam, account) => ({
    'delete-non-existent-policy-exc': await outcomeOf(
      iam.deletePolicy({ PolicyArn: `arn:aws:iam::${account}:policy/non-existent-policy` }),
    ),
  }),
  'TestIAMIntegrations::test_role_attach_policy': attachPolicy('role'),
  'TestIAMIntegrations::test_user_attach_policy': attachPolicy('user'),
  'TestIAMIntegrations::test_simulate_principle_policy[user]': simulated('user'),
  'TestIAMIntegrations::test_simulate_principle_policy[group]': simulated('group'),
  'TestIAMIntegrations::test_simulate_principle_policy[role]': simulated('role'),
  'TestIAMIntegrations::test_update_assume_role_policy': async (iam) => {
    const RoleName = 'retrusted';
    const AssumeRolePolicyDocument = trusting({ Service: ['ec2.amazonaws.com'] }, { Action: ['sts:AssumeRole'] });
    const created = await outcomeOf(iam.createRole({ RoleName, AssumeRolePolicyDocument }));
    return {
      created_role: created,
      updated_policy: await outcomeOf(iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: lambda })),
    };
  },
  'TestIAMPolicyEncoding::test_put_user_policy_encoding': async (iam) => {
    const held = { UserName: 'encoded', PolicyName: 'encoded' };
    await iam.createUser(held);
    await iam.putUserPolicy({ ...held, PolicyDocument: encodedPolicy });
    return { 'get-policy-response': await outcomeOf(iam.getUserPolicy(held)) };
  },
  'TestIAMPolicyEncoding::test_put_group_policy_encoding': async (iam) => {
    const held = { GroupName: 'encoded', PolicyName: 'encoded' };
    await iam.createGroup(held);
    await iam.putGroupPolicy({ ...held, PolicyDocument: encodedPolicy });
    return { 'get-policy-response': await outcomeOf(iam.getGroupPolicy(held)) };
  },
  'TestIAMPolicyEncoding::test_put_role_policy_encoding': async (iam) => {
    const held = { RoleName: 'encoded', PolicyName: 'encoded' };
    const Condition = { StringEquals: { 'aws:SourceArn': tagged } };
    const AssumeRolePolicyDocument = trusting({ Service: 'lambda.amazonaws.com' }, { Condition });
    const created = await outcomeOf(iam.createRole({ ...held, Path: '/encoded/', AssumeRolePolicyDocument }));
    await iam.putRolePolicy({ ...held, PolicyDocument: encodedPolicy });
    return {
      'create-role-response': created,
      'get-policy-response': await outcomeOf(iam.getRolePolicy(held)),
      'get-role-response': await outcomeOf(iam.getRole(held)),
      'list-roles-response': await outcomeOf(iam.listRoles({ PathPrefix: '/encoded/' })),
    };
  },
  'TestIAMServiceRoles::test_service_role_already_exists': async (iam) => {
    const AWSServiceName = 'batch.amazonaws.com';
    const { Role } = await iam.createServiceLinkedRole({ AWSServiceName });
    const again = await outcomeOf(iam.createServiceLinkedRole({ AWSServiceName }));
    await iam.deleteServiceLinkedRole({ RoleName: Role?.RoleName });
    return { 'role-already-exists-error': again };
  },
  'TestIAMServiceRoles::test_service_role_deletion': async (iam) => {
    const { Role } = await iam.createServiceLinkedRole({ AWSServiceName: 'batch.amazonaws.com' });
    const deletion = iam.deleteServiceLinkedRole({ RoleName: Role?.RoleName });
    const { DeletionTaskId } = await deletion;
    return {
      'service-linked-role-deletion-response': await outcomeOf(deletion),
      'service-linked-role-deletion-status-response': await outcomeOf(
        iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId }),
      ),
    };
  },
  'TestIAMServiceSpecificCredentials::test_create_service_specific_credential_invalid_service': async (iam) => {
    const UserName = 'no-service';
    return {
      'create-user-response': await outcomeOf(iam.createUser({ UserName })),
      'invalid-service-completely-malformed-exception': await refusedService(iam, UserName, 'o3on3n3onosneo'),
      'invalid-service-exception': await refusedService(iam, UserName, 'nonexistentservice.amazonaws.com'),
      'invalid-service-existing-but-unsupported-exception': await refusedService(iam, UserName, 'lambda.amazonaws.com'),
    };
  },
  'TestIAMServiceSpecificCredentials::test_create_service_specific_credential_invalid_user': async (iam) => ({
    'invalid-user-name-exception': await refusedService(iam, 'non-existent-user', codecommit),
    'invalid-user-and-service-exception': await refusedService(
      iam,
      'non-existent-user',
      'nonexistentservice.amazonaws.com',
    ),
  }),
  'TestIAMServiceSpecificCredentials::test_delete_user_after_service_credential_created': credential(
    'keeps-credential',
    codecommit,
    async (iam, { UserName }) => ({ 'delete-user-existing-credential': await outcomeOf(iam.deleteUser({ UserName })) }),
  ),
  'TestIAMServiceSpecificCredentials::test_id_match_user_mismatch': credential(
    'right-user',
    codecommit,
    mismatched('user-name', (made) => ({ ...made, UserName: 'wrong-user-name' })),
  ),
  'TestIAMServiceSpecificCredentials::test_user_match_id_mismatch[satisfiesregexbutstillinvalid]': credential(
    'wrong-id',
    codecommit,
    mismatched('id', (made) => ({ ...made, ServiceSpecificCredentialId: 'satisfiesregexbutstillinvalid' })),
  ),
  'TestIAMServiceSpecificCredentials::test_user_match_id_mismatch[totally-wrong-credential-id-with-hyphens]':
    credential(
      'very-wrong-id',
      codecommit,
      mismatched('id', (made) => ({
        ...made,
        ServiceSpecificCredentialId: 'totally-wrong-credential-id-with-hyphens',
      })),
    ),
  'TestIAMServiceSpecificCredentials::test_invalid_update_parameters': credential(
    'wrong-status',
    codecommit,
    async (iam, made) => ({
      'update-invalid-status': await outcomeOf(
        iam.updateServiceSpecificCredential({ ...made, Status: 'Invalid' as 'Active' }),
      ),
    }),
  ),
  'TestIAMServiceSpecificCredentials::test_list_service_specific_credential_different_service': credential(
    'other-service',
    codecommit,
    async (iam, { UserName }) => {
      const list = (ServiceName: string) => outcomeOf(iam.listServiceSpecificCredentials({ UserName, ServiceName }));
      return {
        'list-service-specific-credentials-response-wrong-service': await list('cassandra.amazonaws.com'),
        'list-service-specific-credentials-invalid-service': await list('nonexistentservice.amazonaws.com'),
      };
    },
  ),
  'TestIAMServiceSpecificCredentials::test_service_specific_credential_lifecycle[codecommit.amazonaws.com]': credential(
    'codecommit',
    codecommit,
    lifecycle,
  ),
  'TestIAMServiceSpecificCredentials::test_service_specific_credential_lifecycle[cassandra.amazonaws.com]': credential(
    'cassandra',
    'cassandra.amazonaws.com',
    lifecycle,
  ),
  'TestRoles::test_role_with_tags': async (iam) => {
    const role = { RoleName: 'tagged', Path: '/role-with-tags/' };
    const Tags = [{ Key: 'test', Value: 'value' }];
    return {
      'create-role-response': await outcomeOf(iam.createRole({ ...role, Tags, AssumeRolePolicyDocument: ec2 })),
      'get-role-response': await outcomeOf(iam.getRole(role)),
      'list-role-response': await outcomeOf(iam.listRoles({ PathPrefix: role.Path })),
    };
  },
  test_managed_policy_with_empty_resource: async (iam) => {
    const { Policy } = await iam.createPolicy({ PolicyName: 'got', PolicyDocument: allowed('dynamodb:*', '*') });
    return { managed_policy: await outcomeOf(iam.getPolicy({ PolicyArn: Policy?.Arn })) };
  },
  test_server_certificate: async (iam) => ({
    get_server_certificate_error: await outcomeOf(iam.getServerCertificate({ ServerCertificateName: 'gone' })),
  }),
  test_update_inline_policy: async (iam) => {
    const held = { UserName: 'inline', RoleName: 'inline', PolicyName: 'inline' };
    await iam.createUser(held);
    await iam.createRole({ ...held, AssumeRolePolicyDocument: ec2 });
    const put = async (ofUser: readonly string[], ofRole: readonly string[]) => {
      await iam.putUserPolicy({ ...held, PolicyDocument: allowed(ofUser, '*') });
      await iam.putRolePolicy({ ...held, PolicyDocument: allowed(ofRole, '*') });
      return [await outcomeOf(iam.getUserPolicy(held)), await outcomeOf(iam.getRolePolicy(held))] as const;
    };
    const [user, role] = await put(['s3:PutObject', 's3:ListBucket'], ['s3:GetObject', 's3:ListBucket']);
    const [updatedUser, updatedRole] = await put(['s3:PutObject'], ['s3:ListBucket']);
    return {
      user_inline_policy: user,
      role_inline_policy: role,
      user_updated_inline_policy: updatedUser,
      role_updated_inline_policy: updatedRole,
    };
  },
};
