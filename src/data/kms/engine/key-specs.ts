import { type Refusal, refusal } from './refusal.ts';

/**
 * What a key spec can do. Source: KMS developer guide, "Key spec reference"; API model, KeySpec, DataKeyPairSpec.
 * SM2 exists in China Regions only and is refused.
 */
export type KeyFamily = 'symmetric' | 'hmac' | 'rsa' | 'ecc' | 'ed25519' | 'ml-dsa';
export type KeyUsage = 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC' | 'KEY_AGREEMENT';

export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' | 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256';
export type MacAlgorithm = 'HMAC_SHA_224' | 'HMAC_SHA_256' | 'HMAC_SHA_384' | 'HMAC_SHA_512';
export type SigningAlgorithm =
  | 'RSASSA_PSS_SHA_256'
  | 'RSASSA_PSS_SHA_384'
  | 'RSASSA_PSS_SHA_512'
  | 'RSASSA_PKCS1_V1_5_SHA_256'
  | 'RSASSA_PKCS1_V1_5_SHA_384'
  | 'RSASSA_PKCS1_V1_5_SHA_512'
  | 'ECDSA_SHA_256'
  | 'ECDSA_SHA_384'
  | 'ECDSA_SHA_512'
  | 'ED25519_SHA_512'
  | 'ED25519_PH_SHA_512'
  | 'ML_DSA_SHAKE_256';

export type KeySpecFacts = {
  readonly family: KeyFamily;
  readonly usages: readonly KeyUsage[];
  /** RSA modulus bits, or secret bits for symmetric and HMAC keys; 0 where the curve or parameter set says it. */
  readonly bits: number;
  /** Algorithms by usage, in the order in which AWS lists them. */
  readonly encryption: readonly EncryptionAlgorithm[];
  readonly signing: readonly SigningAlgorithm[];
  readonly mac: readonly MacAlgorithm[];
  readonly agreement: readonly 'ECDH'[];
  /** Usable as `KeyPairSpec` of GenerateDataKeyPair. */
  readonly dataKeyPair: boolean;
  /** May be created with origin EXTERNAL. */
  readonly importable: boolean;
  /** HMAC only: secret bytes accepted for import, inclusive. */
  readonly importBytes?: readonly [min: number, max: number];
};

const none = { encryption: [], signing: [], mac: [], agreement: [], dataKeyPair: false, importable: true } as const;

const rsaSigning: readonly SigningAlgorithm[] = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
];

function rsa(bits: number): KeySpecFacts {
  return {
    ...none,
    family: 'rsa',
    usages: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
    bits,
    encryption: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
    signing: rsaSigning,
    dataKeyPair: true,
  };
}

function ecc(algorithm: SigningAlgorithm, agreement: boolean): KeySpecFacts {
  return {
    ...none,
    family: 'ecc',
    usages: agreement ? ['SIGN_VERIFY', 'KEY_AGREEMENT'] : ['SIGN_VERIFY'],
    bits: 0,
    signing: [algorithm],
    agreement: agreement ? ['ECDH'] : [],
    dataKeyPair: true,
  };
}

/** Imported secrets: from the length of the hash to 1,024 bits (developer guide, "Requirements for imported key material"). */
function hmac(bits: number, algorithm: MacAlgorithm): KeySpecFacts {
  const importBytes = [bits / 8, 128] as const;
  return { ...none, family: 'hmac', usages: ['GENERATE_VERIFY_MAC'], bits, mac: [algorithm], importBytes };
}

/** ML-DSA keys cannot be imported (developer guide, same section). */
const mlDsa: KeySpecFacts = {
  ...none,
  family: 'ml-dsa',
  usages: ['SIGN_VERIFY'],
  bits: 0,
  signing: ['ML_DSA_SHAKE_256'],
  importable: false,
};

export const keySpecs = {
  SYMMETRIC_DEFAULT: {
    ...none,
    family: 'symmetric',
    usages: ['ENCRYPT_DECRYPT'],
    bits: 256,
    encryption: ['SYMMETRIC_DEFAULT'],
  },
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ecc('ECDSA_SHA_256', true),
  ECC_NIST_P384: ecc('ECDSA_SHA_384', true),
  ECC_NIST_P521: ecc('ECDSA_SHA_512', true),
  ECC_SECG_P256K1: ecc('ECDSA_SHA_256', false),
  ECC_NIST_EDWARDS25519: {
    ...none,
    family: 'ed25519',
    usages: ['SIGN_VERIFY'],
    bits: 0,
    signing: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
    dataKeyPair: true,
  },
  HMAC_224: hmac(224, 'HMAC_SHA_224'),
  HMAC_256: hmac(256, 'HMAC_SHA_256'),
  HMAC_384: hmac(384, 'HMAC_SHA_384'),
  HMAC_512: hmac(512, 'HMAC_SHA_512'),
  ML_DSA_44: mlDsa,
  ML_DSA_65: mlDsa,
  ML_DSA_87: mlDsa,
} as const satisfies Record<string, KeySpecFacts>;

export type KeySpec = keyof typeof keySpecs;

export function isKeySpec(name: string): name is KeySpec {
  return Object.hasOwn(keySpecs, name);
}

export function specFacts(spec: KeySpec): KeySpecFacts {
  return keySpecs[spec];
}

/**
 * The usage of a new key: the one asked for, or the only one that symmetric keys have.
 *
 * @example chooseUsage('RSA_2048', undefined) // → { refusal: { code: 'ValidationException', … } }
 */
export function chooseUsage(
  spec: KeySpec,
  asked: string | undefined,
): { readonly usage: KeyUsage } | { readonly refusal: Refusal } {
  if (asked === undefined && spec !== 'SYMMETRIC_DEFAULT') {
    return {
      refusal: refusal(
        'ValidationException',
        'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
      ),
    };
  }
  const usage = specFacts(spec).usages.find((each) => each === (asked ?? 'ENCRYPT_DECRYPT'));
  if (usage !== undefined) return { usage };
  return { refusal: refusal('ValidationException', `KeyUsage ${asked} is not compatible with KeySpec ${spec}`) };
}

const usageOfOperation: Readonly<Record<string, KeyUsage>> = {
  Decrypt: 'ENCRYPT_DECRYPT',
  DeriveSharedSecret: 'KEY_AGREEMENT',
  Encrypt: 'ENCRYPT_DECRYPT',
  GenerateDataKey: 'ENCRYPT_DECRYPT',
  GenerateDataKeyPair: 'ENCRYPT_DECRYPT',
  GenerateDataKeyPairWithoutPlaintext: 'ENCRYPT_DECRYPT',
  GenerateDataKeyWithoutPlaintext: 'ENCRYPT_DECRYPT',
  GenerateMac: 'GENERATE_VERIFY_MAC',
  ReEncrypt: 'ENCRYPT_DECRYPT',
  Sign: 'SIGN_VERIFY',
  Verify: 'SIGN_VERIFY',
  VerifyMac: 'GENERATE_VERIFY_MAC',
};

/** Refuses an operation whose usage is not the key's. Text: recordings of AWS. */
export function checkUsage(arn: string, usage: KeyUsage, operation: string): Refusal | undefined {
  const needed = usageOfOperation[operation];
  if (needed === undefined || needed === usage) return undefined;
  return refusal('InvalidKeyUsageException', `${arn} key usage is ${usage} which is not valid for ${operation}.`);
}

/** Refuses an algorithm that the spec does not have for its usage. Text: recordings of AWS. */
export function checkAlgorithm(spec: KeySpec, algorithm: string): Refusal | undefined {
  const { encryption, signing, mac } = specFacts(spec);
  const among = (known: readonly string[]) => known.includes(algorithm);
  if (among(encryption) || among(signing) || among(mac)) return undefined;
  return refusal('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${spec}.`);
}

/** Bytes that one Encrypt takes: 4,096 for symmetric keys, RFC 8017 §7.1.1 for OAEP (`k - 2 hLen - 2`). */
export function plaintextLimit(spec: KeySpec, algorithm: EncryptionAlgorithm): number {
  if (algorithm === 'SYMMETRIC_DEFAULT') return 4_096;
  return specFacts(spec).bits / 8 - 2 * (algorithm === 'RSAES_OAEP_SHA_1' ? 20 : 32) - 2;
}

/** Refuses a plaintext that the algorithm cannot take. Text: recordings of AWS. */
export function checkPlaintextSize(spec: KeySpec, algorithm: EncryptionAlgorithm, bytes: number): Refusal | undefined {
  const limit = plaintextLimit(spec, algorithm);
  if (bytes <= limit) return undefined;
  return refusal(
    'ValidationException',
    `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${limit} bytes.`,
  );
}

const digestBytes: Readonly<Record<string, number>> = { SHA_256: 32, SHA_384: 48, SHA_512: 64 };

/** Bytes of the digest that `MessageType: DIGEST` takes; undefined for algorithms without one. */
export function digestLength(algorithm: SigningAlgorithm): number | undefined {
  return digestBytes[algorithm.slice(-7)];
}

/**
 * Refuses a message type that the algorithm does not take, or a digest of another length.
 * Ed25519 takes RAW, Ed25519ph takes DIGEST, EXTERNAL_MU (64 bytes) belongs to ML-DSA (API model, Sign.MessageType).
 */
export function checkMessage(algorithm: SigningAlgorithm, type: string, bytes: number): Refusal | undefined {
  const wrongType = refusal('ValidationException', `MessageType ${type} is not valid for algorithm ${algorithm}.`);
  if (type === 'EXTERNAL_MU') {
    if (algorithm !== 'ML_DSA_SHAKE_256') return wrongType;
    return bytes === 64
      ? undefined
      : refusal('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
  }
  if (type === 'RAW') return algorithm === 'ED25519_PH_SHA_512' ? wrongType : undefined;
  if (algorithm === 'ED25519_SHA_512' || algorithm === 'ML_DSA_SHAKE_256') return wrongType;
  if (bytes === digestLength(algorithm)) return undefined;
  return refusal('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
}
