import { certificate, certificateKey } from '../../src/identity/certificate-for-tests.ts';
import { metadata } from '../../src/identity/saml/response-for-tests.ts';
import { anyDocument, boundary, delegation, type Stock, tags } from './stock.ts';
import { password } from './world.ts';

type Values = Readonly<Record<string, unknown>>;

/** Inputs by hand, where the model does not tell what makes a call work. */
export type Inputs = {
  /** Values of members by their names, wherever an operation has them. */
  readonly byMember: Values;
  /** Values of one operation's members; these win. `undefined` leaves a member out. */
  readonly byOperation: Readonly<Record<string, Values>>;
};

/** By service. Each input carries what its action has condition keys for. */
export function inputsOf(stock: Stock): Readonly<Record<string, Inputs>> {
  return { iam: iamInputs(stock), kms: kmsInputs(stock), ssm: ssmInputs(stock), sts: stsInputs(stock) };
}

const tagKeys = ['team'];

function iamInputs(stock: Stock): Inputs {
  const entity = { PolicySourceArn: stock.arn('user/staff/ann') };
  const newTagged = { Path: '/new/', Tags: tags };
  const role = (RoleName: string) => ({ RoleName });
  return {
    byMember: {
      AccessKeyId: stock.accessKeyId,
      AccountAlias: 'ours',
      ActionNames: ['s3:GetObject'],
      Arn: stock.policyArn,
      AssumeRolePolicyDocument: stock.trust,
      AWSServiceName: 'autoscaling.amazonaws.com',
      CertificateBody: certificate,
      CertificateId: stock.signingCertificateId,
      ClientID: 'app',
      DelegationRequestId: stock.assignedRequestId,
      DeletionTaskId: stock.deletionTaskId,
      GroupName: 'crew',
      InstanceProfileName: 'full',
      JobId: stock.reportId,
      OpenIDConnectProviderArn: stock.arn('oidc-provider/idp.example/oidc'),
      PermissionsBoundary: boundary,
      PolicyArn: stock.policyArn,
      PolicyDocument: anyDocument,
      PolicyInputList: [anyDocument],
      PolicyName: 'inline',
      PrivateKey: certificateKey,
      RoleName: 'worker',
      SAMLMetadataDocument: metadata,
      SAMLProviderArn: stock.arn('saml-provider/idp'),
      SerialNumber: stock.phone,
      ServerCertificateName: 'site',
      ServiceNamespace: 's3',
      ServiceNamespaces: ['s3'],
      ServiceSpecificCredentialId: stock.credentialId,
      SSHPublicKeyId: stock.sshKeyId,
      Status: 'Inactive',
      TagKeys: tagKeys,
      Tags: tags,
      ThumbprintList: ['a'.repeat(40)],
      UserName: 'ann',
      VersionId: 'v2',
      ...entity,
    },
    byOperation: {
      AddRoleToInstanceProfile: { InstanceProfileName: 'vacant' },
      AssociateDelegationRequest: { DelegationRequestId: stock.newRequestId },
      ChangePassword: { OldPassword: password, NewPassword: `${password}-new` },
      CreateAccountAlias: { AccountAlias: 'other-alias' },
      CreateDelegationRequest: { ...delegation(stock.policyArn), RequestorWorkflowId: 'work-3' },
      CreateGroup: { GroupName: 'new', Path: '/new/' },
      CreateInstanceProfile: { InstanceProfileName: 'new', ...newTagged },
      CreateLoginProfile: { UserName: 'leaver', Password: password },
      CreateOpenIDConnectProvider: { Url: 'https://other.example', ClientIDList: ['app'] },
      CreatePolicy: { PolicyName: 'new', ...newTagged },
      CreateRole: { RoleName: 'new', ...newTagged },
      CreateSAMLProvider: { Name: 'other' },
      CreateServiceSpecificCredential: { ServiceName: 'bedrock.amazonaws.com', CredentialAgeDays: 30 },
      CreateUser: { UserName: 'new', ...newTagged },
      CreateVirtualMFADevice: { VirtualMFADeviceName: 'new', ...newTagged },
      DeleteGroup: { GroupName: 'empty' },
      DeleteInstanceProfile: { InstanceProfileName: 'vacant' },
      DeletePolicy: { PolicyArn: stock.unusedPolicyArn },
      DeleteRole: role('idle'),
      DeleteServiceLinkedRole: role('AWSServiceRoleForBatch'),
      DeleteUser: { UserName: 'leaver' },
      DeleteVirtualMFADevice: { SerialNumber: stock.spare },
      EnableMFADevice: { SerialNumber: stock.spare, ...stock.spareCodes() },
      GetSSHPublicKey: { Encoding: 'SSH' },
      ListDelegationRequests: { OwnerId: stock.arn('root') },
      ListPoliciesGrantingServiceAccess: { Arn: stock.arn('user/staff/ann') },
      ResyncMFADevice: stock.phoneCodes(),
      SetSecurityTokenServicePreferences: { GlobalEndpointTokenVersion: 'v2Token' },
      SimulateCustomPolicy: { PermissionsBoundaryPolicyInputList: undefined },
      UpdateAssumeRolePolicy: { PolicyDocument: stock.trust },
      UpdateGroup: { NewGroupName: 'crew-2', NewPath: '/new/' },
      UpdateLoginProfile: { Password: `${password}-new` },
      UpdateServerCertificate: { NewServerCertificateName: 'site-2', NewPath: '/new/' },
      UpdateUser: { NewUserName: 'ann-2', NewPath: '/new/' },
      UploadServerCertificate: { ServerCertificateName: 'new', ...newTagged },
      UploadSSHPublicKey: { SSHPublicKeyBody: stock.otherSshKey },
      UploadSigningCertificate: { UserName: 'leaver' },
    },
  };
}

function kmsInputs(stock: Stock): Inputs {
  const { encryptionContext: EncryptionContext } = stock;
  const alias = { KeyId: 'alias/app' };
  const external = { KeyId: stock.externalKeyId };
  const signing = { KeyId: 'alias/signing', SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'RAW' };
  const mac = { KeyId: 'alias/mac', MacAlgorithm: 'HMAC_SHA_256' };
  const Tags = [{ TagKey: 'team', TagValue: 'blue' }];
  return {
    byMember: {
      EncryptionContext,
      GrantId: stock.grantId,
      KeyId: stock.keyId,
      KeyPairSpec: 'ECC_NIST_P256',
      Message: Buffer.from('x'),
      Plaintext: Buffer.from('x'),
      Policy: stock.keyPolicy,
      TagKeys: tagKeys,
      Tags,
    },
    byOperation: {
      CancelKeyDeletion: { KeyId: stock.dyingKeyId },
      CreateAlias: { AliasName: 'alias/new', TargetKeyId: stock.keyId },
      CreateGrant: {
        GranteePrincipal: stock.grantee,
        RetiringServicePrincipal: 'dynamodb.amazonaws.com',
        Operations: ['Encrypt'],
        Constraints: {
          EncryptionContextEquals: EncryptionContext,
          SourceArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/t',
        },
      },
      CreateKey: { MultiRegion: true, BypassPolicyLockoutSafetyCheck: true },
      Decrypt: { ...alias, CiphertextBlob: stock.ciphertext },
      DeleteAlias: { AliasName: 'alias/app' },
      DeleteImportedKeyMaterial: external,
      DeriveSharedSecret: {
        KeyId: 'alias/agreement',
        KeyAgreementAlgorithm: 'ECDH',
        PublicKey: stock.peerKey,
      },
      DescribeKey: alias,
      Encrypt: alias,
      EnableKeyRotation: { RotationPeriodInDays: 180 },
      GenerateDataKey: { ...alias, KeySpec: 'AES_256' },
      GenerateDataKeyPair: alias,
      GenerateDataKeyPairWithoutPlaintext: alias,
      GenerateDataKeyWithoutPlaintext: { ...alias, KeySpec: 'AES_256' },
      GenerateMac: mac,
      GenerateRandom: { NumberOfBytes: 8 },
      GetParametersForImport: {
        ...external,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      },
      GetPublicKey: { KeyId: 'alias/signing' },
      ImportKeyMaterial: {
        ...external,
        ImportToken: stock.importToken,
        EncryptedKeyMaterial: stock.wrappedMaterial,
        ExpirationModel: 'KEY_MATERIAL_EXPIRES',
        ValidTo: new Date(Date.now() + 86_400_000),
      },
      ListGrants: {},
      ListRetirableGrants: { RetiringPrincipal: stock.grantee },
      PutKeyPolicy: { BypassPolicyLockoutSafetyCheck: true },
      ReEncrypt: {
        CiphertextBlob: stock.ciphertext,
        SourceKeyId: 'alias/app',
        DestinationKeyId: 'alias/app',
        SourceEncryptionContext: EncryptionContext,
        DestinationEncryptionContext: EncryptionContext,
      },
      ReplicateKey: { ReplicaRegion: 'ap-southeast-2', BypassPolicyLockoutSafetyCheck: true },
      ScheduleKeyDeletion: { PendingWindowInDays: 7 },
      Sign: signing,
      UpdateAlias: { AliasName: 'alias/app', TargetKeyId: stock.otherKeyId },
      UpdatePrimaryRegion: { PrimaryRegion: 'eu-west-1' },
      Verify: { ...signing, Signature: stock.signature },
      VerifyMac: { ...mac, Mac: stock.mac },
    },
  };
}

function ssmInputs(stock: Stock): Inputs {
  const setting = { SettingId: '/ssm/parameter-store/default-parameter-tier' };
  return {
    byMember: {
      Labels: ['live'],
      Name: stock.parameterName,
      Names: [stock.parameterName],
      ParameterVersion: 1,
      PolicyHash: stock.resourcePolicyHash,
      PolicyId: stock.resourcePolicyId,
      ResourceArn: stock.parameterArn,
      ResourceId: stock.parameterName,
      ResourceType: 'Parameter',
      TagKeys: tagKeys,
      Tags: tags,
      ...setting,
    },
    byOperation: {
      GetParametersByPath: { Path: '/app', Recursive: true },
      PutParameter: {
        Name: '/app/new',
        Value: 'x',
        Type: 'String',
        Tier: 'Advanced',
        Overwrite: false,
        Policies: JSON.stringify([
          { Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '20', Unit: 'Days' } },
        ]),
      },
      PutResourcePolicy: { Policy: stock.resourcePolicy },
      UpdateServiceSetting: { SettingValue: 'Advanced' },
    },
  };
}

function stsInputs(stock: Stock): Inputs {
  return {
    byMember: { Tags: tags },
    byOperation: {
      AssumeRole: {
        RoleArn: stock.arn('role/jobs/worker'),
        RoleSessionName: 'session',
        ExternalId: 'outside',
        SourceIdentity: 'ann',
        TransitiveTagKeys: tagKeys,
      },
      AssumeRoleWithWebIdentity: { RoleArn: stock.arn('role/jobs/worker') },
      AssumeRoot: {
        TargetPrincipal: '444455556666',
        TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
      },
      DecodeAuthorizationMessage: { EncodedMessage: 'bm8=' },
      GetAccessKeyInfo: { AccessKeyId: stock.accessKeyId },
      GetDelegatedAccessToken: { TradeInToken: 'bm8=' },
      GetFederationToken: { Name: 'guest' },
      GetWebIdentityToken: { Audience: ['https://api.example'], SigningAlgorithm: 'ES384', DurationSeconds: 60 },
    },
  };
}
