import { constants, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { certificate, certificateKey } from '../../src/identity/certificate-for-tests.ts';
import { stepAt, totp } from '../../src/identity/iam/totp.ts';
import { metadata } from '../../src/identity/saml/response-for-tests.ts';
import type { Ringwall } from '../harness/start.ts';
import type { Sdk } from './sdk.ts';

type Answer = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the account has for operations to work on: ids and ARNs that only its making tells. */
export type Stock = Awaited<ReturnType<typeof stock>>;

export const tags = [{ Key: 'team', Value: 'blue' }];
export const documentOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
export const anyDocument = documentOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
export const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
export const issuer = 'https://idp.example/oidc';

/** A request for what a policy allows. */
export const delegation = (PolicyTemplateArn: string) => ({
  Description: 'set the product up',
  Permissions: { PolicyTemplateArn },
  NotificationChannel: 'arn:aws:sns:us-east-1:111122223333:tokens',
  SessionDuration: 900,
});

/** Fills the account. Users and roles carry tags and a boundary, so that everything said of them becomes a condition key. */
export async function stock(ringwall: Ringwall, root: Sdk) {
  const { account } = ringwall;
  const iam = (operation: string, input: object = {}) => root.send('iam', operation, input) as Promise<Answer>;
  const trust = documentOf({
    Effect: 'Allow',
    Principal: { AWS: account },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  });
  const role = { Path: '/jobs/', AssumeRolePolicyDocument: trust, PermissionsBoundary: boundary, Tags: tags };

  const policy = await iam('CreatePolicy', {
    PolicyName: 'base',
    Path: '/p/',
    PolicyDocument: anyDocument,
    Tags: tags,
  });
  const policyArn = policy['Policy']?.['Arn'] ?? '';
  await iam('CreatePolicyVersion', { PolicyArn: policyArn, PolicyDocument: anyDocument });
  const unused = await iam('CreatePolicy', { PolicyName: 'unused', PolicyDocument: anyDocument, Tags: tags });
  await iam('CreateUser', { UserName: 'ann', Path: '/staff/', PermissionsBoundary: boundary, Tags: tags });
  await iam('CreateUser', { UserName: 'leaver', Path: '/staff/', Tags: tags });
  await iam('CreateGroup', { GroupName: 'crew', Path: '/teams/' });
  await iam('CreateGroup', { GroupName: 'empty', Path: '/teams/' });
  await iam('AddUserToGroup', { GroupName: 'crew', UserName: 'ann' });
  for (const RoleName of ['worker', 'idle']) await iam('CreateRole', { RoleName, ...role });
  for (const [kind, name] of [
    ['User', 'ann'],
    ['Group', 'crew'],
    ['Role', 'worker'],
  ] as const) {
    await iam(`Put${kind}Policy`, { [`${kind}Name`]: name, PolicyName: 'inline', PolicyDocument: anyDocument });
    await iam(`Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn: policyArn });
  }
  for (const InstanceProfileName of ['full', 'vacant']) {
    await iam('CreateInstanceProfile', { InstanceProfileName, Path: '/vm/', Tags: tags });
  }
  await iam('AddRoleToInstanceProfile', { InstanceProfileName: 'full', RoleName: 'worker' });
  await iam('CreateOpenIDConnectProvider', {
    Url: issuer,
    ClientIDList: ['app'],
    Tags: tags,
    ThumbprintList: ['a'.repeat(40)],
  });
  await iam('CreateSAMLProvider', { Name: 'idp', SAMLMetadataDocument: metadata, Tags: tags });
  const serverCertificate = { CertificateBody: certificate, PrivateKey: certificateKey, Path: '/web/', Tags: tags };
  await iam('UploadServerCertificate', { ServerCertificateName: 'site', ...serverCertificate });
  await iam('CreateLoginProfile', { UserName: 'ann', Password: 'Correct-Horse-7' });
  const accessKey = await iam('CreateAccessKey', { UserName: 'ann' });
  const sshKey = await iam('UploadSSHPublicKey', { UserName: 'ann', SSHPublicKeyBody: newSshKey() });
  const signing = await iam('UploadSigningCertificate', { UserName: 'ann', CertificateBody: certificate });
  const credential = await iam('CreateServiceSpecificCredential', {
    UserName: 'ann',
    ServiceName: 'codecommit.amazonaws.com',
  });
  const device = await iam('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone', Path: '/m/', Tags: tags });
  const spare = await iam('CreateVirtualMFADevice', { VirtualMFADeviceName: 'spare', Path: '/m/', Tags: tags });
  const seedOf = (made: Answer) =>
    Buffer.from((made['VirtualMFADevice']?.['Base32StringSeed'] ?? '') as unknown as Uint8Array).toString();
  const codes = (made: Answer, offset: number) => {
    const step = stepAt(ringwall.installation.clock.now()) + offset;
    return { AuthenticationCode1: totp(seedOf(made), step), AuthenticationCode2: totp(seedOf(made), step + 1) };
  };
  const phone = device['VirtualMFADevice']?.['SerialNumber'] ?? '';
  await iam('EnableMFADevice', { UserName: 'ann', SerialNumber: phone, ...codes(device, 0) });
  await iam('CreateAccountAlias', { AccountAlias: 'ours' });
  await iam('UpdateAccountPasswordPolicy', { MinimumPasswordLength: 8 });
  await iam('GenerateCredentialReport');
  const report = (await iam('GenerateServiceLastAccessedDetails', { Arn: policyArn })) as unknown as { JobId: string };
  for (const AWSServiceName of ['batch.amazonaws.com', 'ecs.amazonaws.com'])
    await iam('CreateServiceLinkedRole', { AWSServiceName });
  const deletion = (await iam('DeleteServiceLinkedRole', { RoleName: 'AWSServiceRoleForECS' })) as unknown as {
    DeletionTaskId: string;
  };

  await iam('EnableOutboundWebIdentityFederation');
  const requests: string[] = [];
  for (const RequestorWorkflowId of ['work-1', 'work-2']) {
    const request = await iam('CreateDelegationRequest', { ...delegation(policyArn), RequestorWorkflowId });
    requests.push((request as unknown as { DelegationRequestId: string }).DelegationRequestId);
  }
  const [newRequestId = '', assignedRequestId = ''] = requests;
  await iam('AssociateDelegationRequest', { DelegationRequestId: assignedRequestId });

  return {
    newRequestId,
    assignedRequestId,
    account,
    region: ringwall.client.region,
    arn: (resource: string) => `arn:aws:iam::${account}:${resource}`,
    trust,
    policyArn,
    unusedPolicyArn: unused['Policy']?.['Arn'] ?? '',
    accessKeyId: accessKey['AccessKey']?.['AccessKeyId'] ?? '',
    sshKeyId: sshKey['SSHPublicKey']?.['SSHPublicKeyId'] ?? '',
    /** One that nobody has. */
    otherSshKey: newSshKey(),
    signingCertificateId: signing['Certificate']?.['CertificateId'] ?? '',
    credentialId: credential['ServiceSpecificCredential']?.['ServiceSpecificCredentialId'] ?? '',
    phone,
    spare: spare['VirtualMFADevice']?.['SerialNumber'] ?? '',
    /** Codes that were not shown before. */
    phoneCodes: () => codes(device, 3),
    spareCodes: () => codes(spare, 0),
    reportId: report.JobId,
    deletionTaskId: deletion.DeletionTaskId,
    ...(await stockKeys(root, ringwall)),
    ...(await stockParameters(root, ringwall)),
  };
}

function newSshKey(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const secret = { purpose: 'test' };

/** Keys of each kind, multi-Region, with alias and tags; the first one has a replica and a grant as well. */
async function stockKeys(root: Sdk, ringwall: Ringwall) {
  const kms = (operation: string, input: object) =>
    root.send('kms', operation, input) as Promise<Readonly<Record<string, never>>>;
  const Tags = [{ TagKey: 'team', TagValue: 'blue' }];
  const newKey = async (alias: string, input: object = {}): Promise<string> => {
    const made = await kms('CreateKey', { MultiRegion: true, Tags, ...input });
    const keyId = made['KeyMetadata']?.['KeyId'] ?? '';
    await kms('CreateAlias', { AliasName: `alias/${alias}`, TargetKeyId: keyId });
    return keyId;
  };
  const keyId = await newKey('app');
  await kms('ReplicateKey', { KeyId: keyId, ReplicaRegion: 'eu-west-1', Tags });
  const grantee = `arn:aws:iam::${ringwall.account}:user/staff/ann`;
  const grant = await kms('CreateGrant', {
    KeyId: keyId,
    GranteePrincipal: grantee,
    RetiringPrincipal: grantee,
    Operations: ['Decrypt'],
    Constraints: { EncryptionContextSubset: secret },
  });
  const otherKeyId = await newKey('other');
  const signingKeyId = await newKey('signing', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const agreementKeyId = await newKey('agreement', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
  const macKeyId = await newKey('mac', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const externalKeyId = await newKey('external', { Origin: 'EXTERNAL' });
  const dyingKeyId = await newKey('dying');
  await kms('ScheduleKeyDeletion', { KeyId: dyingKeyId, PendingWindowInDays: 7 });
  const parameters = await kms('GetParametersForImport', {
    KeyId: externalKeyId,
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_2048',
  });
  const wrapping = {
    key: Buffer.from(parameters['PublicKey'] ?? ''),
    format: 'der',
    type: 'spki',
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: 'sha256',
  } as const;
  const encrypted = await kms('Encrypt', { KeyId: keyId, Plaintext: Buffer.from('x'), EncryptionContext: secret });
  const signed = await kms('Sign', {
    KeyId: signingKeyId,
    Message: Buffer.from('x'),
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
  const mac = await kms('GenerateMac', { KeyId: macKeyId, Message: Buffer.from('x'), MacAlgorithm: 'HMAC_SHA_256' });
  const publicKey = await kms('GetPublicKey', { KeyId: agreementKeyId });
  return {
    keyId,
    grantee,
    grantId: grant['GrantId'] ?? '',
    otherKeyId,
    externalKeyId,
    dyingKeyId,
    encryptionContext: secret,
    importToken: parameters['ImportToken'],
    wrappedMaterial: publicEncrypt(wrapping, randomBytes(32)),
    ciphertext: encrypted['CiphertextBlob'],
    signature: signed['Signature'],
    mac: mac['Mac'],
    peerKey: publicKey['PublicKey'],
    keyPolicy: documentOf({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ringwall.account}:root` },
      Action: 'kms:*',
      Resource: '*',
    }),
  };
}

async function stockParameters(root: Sdk, { account, client: { region } }: Ringwall) {
  const ssm = (operation: string, input: object) =>
    root.send('ssm', operation, input) as Promise<Readonly<Record<string, string>>>;
  await ssm('PutParameter', { Name: '/app/db', Value: 'x', Type: 'String', Tier: 'Advanced', Tags: tags });
  await ssm('LabelParameterVersion', { Name: '/app/db', ParameterVersion: 1, Labels: ['live'] });
  const ResourceArn = `arn:aws:ssm:${region}:${account}:parameter/app/db`;
  const Policy = documentOf({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:user/staff/ann` },
    Action: 'ssm:GetParameter',
    Resource: ResourceArn,
  });
  const made = await ssm('PutResourcePolicy', { ResourceArn, Policy });
  return {
    parameterName: '/app/db',
    parameterArn: ResourceArn,
    resourcePolicy: Policy,
    resourcePolicyId: made['PolicyId'] ?? '',
    resourcePolicyHash: made['PolicyHash'] ?? '',
  };
}
