import { strict as assert } from 'node:assert';
import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import type {
  AlgorithmSpec,
  CreateKeyCommandInput,
  ImportKeyMaterialCommandInput,
  ImportKeyMaterialCommandOutput,
  KeyMetadata,
  KMS,
  WrappingKeySpec,
} from '@aws-sdk/client-kms';
import type { RecordedMatch } from '../recorded-match-for-tests.ts';
import { asRecorded, type Recording, refusalOf } from '../recordings-for-tests.ts';

/** Makes the requests of a recorded case again, and compares each answer that was recorded. */
export type Replay = (stage: Stage) => Promise<void>;

type Answer = Parameters<typeof asRecorded>[0];

/** The clients of a replay, and the recording that it is compared with. */
export class Stage {
  /** In the recording's first Region. */
  readonly kms: KMS;
  /** In its second, `ap-southeast-1`. */
  readonly singapore: KMS;
  /** What the case's name has in brackets. */
  readonly parameter: string;
  readonly #recording: Recording;
  readonly #match: RecordedMatch;
  readonly #compared = new Set<string>();

  constructor(kms: KMS, singapore: KMS, parameter: string, recording: Recording, match: RecordedMatch) {
    this.kms = kms;
    this.singapore = singapore;
    this.parameter = parameter;
    this.#recording = recording;
    this.#match = match;
  }

  /** The metadata of a new key. */
  async key(input: CreateKeyCommandInput = {}): Promise<KeyMetadata & { readonly KeyId: string }> {
    const { KeyMetadata } = await this.kms.createKey(input);
    assert.ok(KeyMetadata?.KeyId !== undefined);
    return { ...KeyMetadata, KeyId: KeyMetadata.KeyId };
  }

  value(label: string, value: unknown): void {
    assert.ok(label in this.#recording, `nothing is recorded as \`${label}\``);
    this.#match.check(value, this.#recording[label], label);
    this.#compared.add(label);
  }

  async answer<T extends Answer>(label: string, call: Promise<T>): Promise<T> {
    const answer = await call;
    this.value(label, asRecorded(answer));
    return answer;
  }

  async refusal(label: string, call: Promise<unknown>): Promise<void> {
    this.value(label, await refusalOf(call));
  }

  async describes(label: string, KeyId: string): Promise<void> {
    await this.answer(label, this.kms.describeKey({ KeyId }));
  }

  /** Answers of the recording that the replay did not compare. */
  get left(): readonly string[] {
    return Object.keys(this.#recording).filter((label) => !this.#compared.has(label));
  }
}

type Wrapping = { readonly WrappingAlgorithm: AlgorithmSpec; readonly WrappingKeySpec: WrappingKeySpec };

const ordinary: Wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };

/** Wraps material as its owner would. */
export async function wrapped(
  kms: KMS,
  KeyId: string,
  material: Uint8Array = randomBytes(32),
  wrapping: Wrapping = ordinary,
): Promise<Pick<ImportKeyMaterialCommandInput, 'KeyId' | 'ImportToken' | 'EncryptedKeyMaterial'>> {
  const { ImportToken, PublicKey = new Uint8Array() } = await kms.getParametersForImport({ KeyId, ...wrapping });
  const key = { key: Buffer.from(PublicKey), format: 'der', type: 'spki' } as const;
  const oaepHash = wrapping.WrappingAlgorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256';
  const seal = (bytes: Uint8Array) =>
    publicEncrypt({ ...key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
  if (wrapping.WrappingAlgorithm.startsWith('RSAES'))
    return { KeyId, ImportToken, EncryptedKeyMaterial: seal(material) };
  const aes = randomBytes(32);
  const wrap = createCipheriv('id-aes256-wrap-pad', aes, Buffer.from('a65959a6', 'hex'));
  return { KeyId, ImportToken, EncryptedKeyMaterial: Buffer.concat([seal(aes), wrap.update(material), wrap.final()]) };
}

/** Imports material that does not expire. */
export async function imported(
  kms: KMS,
  KeyId: string,
  material?: Uint8Array,
  { ImportType, ...wrapping }: Partial<Wrapping> & Pick<ImportKeyMaterialCommandInput, 'ImportType'> = {},
): Promise<ImportKeyMaterialCommandOutput> {
  return kms.importKeyMaterial({
    ...(await wrapped(kms, KeyId, material, { ...ordinary, ...wrapping })),
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    ImportType,
  });
}
