import { type Operations, unsupported } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { CreateAlias, DeleteAlias, ListAliases, UpdateAlias } from './aliases.ts';
import {
  GenerateDataKey,
  GenerateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext,
} from './data-keys.ts';
import { Decrypt } from './decrypt.ts';
import { CancelKeyDeletion, deleteDueKey, ScheduleKeyDeletion } from './deletion.ts';
import { DeriveSharedSecret } from './derive.ts';
import { Encrypt } from './encrypt.ts';
import { CreateGrant, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant } from './grants.ts';
import { DeleteImportedKeyMaterial, GetParametersForImport, ImportKeyMaterial } from './import.ts';
import { expireDueMaterial } from './import-expiry.ts';
import {
  CreateKey,
  DescribeKey,
  DisableKey,
  EnableKey,
  GetKeyLastUsage,
  ListKeys,
  UpdateKeyDescription,
} from './keys.ts';
import { GenerateMac, VerifyMac } from './mac.ts';
import { GetKeyPolicy, ListKeyPolicies, PutKeyPolicy } from './policies.ts';
import { GetPublicKey } from './public-key.ts';
import { GenerateRandom } from './random.ts';
import { ReEncrypt } from './re-encrypt.ts';
import { aliases, grants, keys, retirables, usages } from './records.ts';
import { ReplicateKey, UpdatePrimaryRegion } from './replicas.ts';
import {
  DisableKeyRotation,
  EnableKeyRotation,
  GetKeyRotationStatus,
  ListKeyRotations,
  RotateKeyOnDemand,
} from './rotation.ts';
import { rotateDueKey } from './rotation-job.ts';
import { Sign } from './sign.ts';
import { ListResourceTags, TagResource, UntagResource } from './tags.ts';
import { Verify } from './verify.ts';

const encapsulation = unsupported('key encapsulation is newer than the API model that is served');
const keyStores = unsupported('custom key stores need an HSM cluster or an external key manager');

const operations = {
  CancelKeyDeletion,
  ConnectCustomKeyStore: keyStores,
  CreateAlias,
  CreateCustomKeyStore: keyStores,
  CreateGrant,
  CreateKey,
  Decapsulate: encapsulation,
  Decrypt,
  DeleteAlias,
  DeleteCustomKeyStore: keyStores,
  DeleteImportedKeyMaterial,
  DeriveSharedSecret,
  DescribeCustomKeyStores: keyStores,
  DescribeKey,
  DisableKey,
  DisableKeyRotation,
  DisconnectCustomKeyStore: keyStores,
  EnableKey,
  EnableKeyRotation,
  Encapsulate: encapsulation,
  Encrypt,
  GenerateDataKey,
  GenerateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext,
  GenerateMac,
  GenerateRandom,
  GetKeyLastUsage,
  GetKeyPolicy,
  GetKeyRotationStatus,
  GetParametersForImport,
  GetPublicKey,
  ImportKeyMaterial,
  ListAliases,
  ListGrants,
  ListKeyPolicies,
  ListKeyRotations,
  ListKeys,
  ListResourceTags,
  ListRetirableGrants,
  PutKeyPolicy,
  ReEncrypt,
  ReplicateKey,
  RetireGrant,
  RevokeGrant,
  RotateKeyOnDemand,
  ScheduleKeyDeletion,
  Sign,
  TagResource,
  UntagResource,
  UpdateAlias,
  UpdateCustomKeyStore: keyStores,
  UpdateKeyDescription,
  UpdatePrimaryRegion,
  Verify,
  VerifyMac,
} satisfies Operations<'kms'>;

export const kms: Service = {
  name: 'kms',
  prefix: 'kms',
  host: 'kms.amazonaws.com',
  operations,
  collections: [aliases, grants, keys, retirables, usages],
  jobs: { deletion: deleteDueKey, expiry: expireDueMaterial, rotation: rotateDueKey },
};
