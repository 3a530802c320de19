import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { createKey } from './client-for-tests.ts';

/**
 * Random sequences of calls on two keys, against a model of a few lines: which state a key is in, which ciphertexts are whose, and
 * which grants a user has whom nothing else allows anything. Every call ends as the model says, with the same answer or error.
 */
type ModelKey = {
  readonly KeyId: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  automatic: boolean;
  rotations: number;
  readonly grants: { readonly id: string; readonly operation: CipherOperation }[];
};
type CipherOperation = 'Encrypt' | 'Decrypt';
type Ciphertext = { readonly blob: Uint8Array; readonly owner: ModelKey; readonly context: string; readonly n: number };
type World = { readonly keys: readonly ModelKey[]; readonly ciphertexts: Ciphertext[] };

/** @param n chooses what the step leaves open */
type Step = (world: World, key: ModelKey, n: number) => Promise<void>;

let ringwall: Ringwall;
let kms: KMS;
let guest: KMS;
let guestArn: string;

before(async () => {
  ringwall = await startRingwall();
  kms = new KMS(ringwall.client);
  const iam = new IAM(ringwall.client);
  guestArn = (await iam.createUser({ UserName: 'guest' })).User?.Arn ?? '';
  const { AccessKey } = await iam.createAccessKey({ UserName: 'guest' });
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  guest = new KMS(ringwall.as({ accessKeyId, secretAccessKey }));
});
after(() => ringwall.stop());

/** Compares how a call ends with the error code that the model expects. @returns the answer where it ends well */
async function ends<T>(call: Promise<T>, expected: string | undefined): Promise<T | undefined> {
  const [answer, code] = await call.then(
    (done) => [done, undefined] as const,
    (error: Error) => [undefined, error.name] as const,
  );
  assert.equal(code, expected);
  return answer;
}

function whileNotDeleted({ state }: ModelKey): string | undefined {
  return state === 'PendingDeletion' ? 'KMSInvalidStateException' : undefined;
}

function whileEnabled(key: ModelKey): string | undefined {
  return whileNotDeleted(key) ?? (key.state === 'Disabled' ? 'DisabledException' : undefined);
}

function allowed(by: KMS, key: ModelKey, operation: CipherOperation): string | undefined {
  const granted = by === kms || key.grants.some((grant) => grant.operation === operation);
  return granted ? undefined : 'AccessDeniedException';
}

const contexts = ['', 'a', 'b'];
const contextOf = (context: string) => (context === '' ? {} : { EncryptionContext: { context } });

const encryptBy: (client: () => KMS) => Step = (client) => async (world, key, n) => {
  const by = client();
  const context = contexts[n % contexts.length] ?? '';
  const expected = allowed(by, key, 'Encrypt') ?? whileEnabled(key);
  const call = by.encrypt({ KeyId: key.KeyId, Plaintext: Buffer.from(`text ${n}`), ...contextOf(context) });
  const answer = await ends(call, expected);
  if (answer?.CiphertextBlob !== undefined)
    world.ciphertexts.push({ blob: answer.CiphertextBlob, owner: key, context, n });
};

/** Names the key that the ciphertext may or may not be of, or none; gives the right context or another. */
const decryptBy: (client: () => KMS) => Step = (client) => async (world, key, n) => {
  const by = client();
  const ciphertext = world.ciphertexts[n % world.ciphertexts.length];
  if (ciphertext === undefined) return;
  const { blob, owner, context } = ciphertext;
  const named = n % 2 === 0 ? key : undefined;
  const given = n % 5 === 0 ? (contexts[n % contexts.length] ?? '') : context;
  const expected =
    allowed(by, named ?? owner, 'Decrypt') ??
    whileEnabled(named ?? owner) ??
    (named === undefined || named === owner ? undefined : 'IncorrectKeyException') ??
    (given === context ? undefined : 'InvalidCiphertextException');
  const call = by.decrypt({ CiphertextBlob: blob, ...contextOf(given), ...(named && { KeyId: named.KeyId }) });
  const answer = await ends(call, expected);
  if (expected === undefined) assert.equal(Buffer.from(answer?.Plaintext ?? []).toString(), `text ${ciphertext.n}`);
};

const setState: (call: (KeyId: string) => Promise<unknown>, to: ModelKey['state']) => Step =
  (call, to) => async (_world, key) => {
    const expected = whileNotDeleted(key);
    await ends(call(key.KeyId), expected);
    if (expected === undefined) key.state = to;
  };

const setAutomatic: (call: (KeyId: string) => Promise<unknown>, to: boolean) => Step =
  (call, to) => async (_world, key) => {
    await ends(call(key.KeyId), whileEnabled(key));
    if (whileEnabled(key) === undefined) key.automatic = to;
  };

const steps: Readonly<Record<string, Step>> = {
  disable: setState((KeyId) => kms.disableKey({ KeyId }), 'Disabled'),
  enable: setState((KeyId) => kms.enableKey({ KeyId }), 'Enabled'),
  schedule: setState((KeyId) => kms.scheduleKeyDeletion({ KeyId }), 'PendingDeletion'),
  cancel: async (_world, key) => {
    const expected = key.state === 'PendingDeletion' ? undefined : 'KMSInvalidStateException';
    await ends(kms.cancelKeyDeletion({ KeyId: key.KeyId }), expected);
    if (expected === undefined) key.state = 'Disabled';
  },
  rotate: async (_world, key) => {
    const answer = await ends(kms.rotateKeyOnDemand({ KeyId: key.KeyId }), whileEnabled(key));
    if (answer !== undefined) key.rotations += 1;
  },
  rotateEachYear: setAutomatic((KeyId) => kms.enableKeyRotation({ KeyId }), true),
  rotateNoMore: setAutomatic((KeyId) => kms.disableKeyRotation({ KeyId }), false),
  grant: async (_world, key, n) => {
    const operation: CipherOperation = n % 2 === 0 ? 'Encrypt' : 'Decrypt';
    const call = kms.createGrant({ KeyId: key.KeyId, GranteePrincipal: guestArn, Operations: [operation] });
    const answer = await ends(call, whileEnabled(key));
    if (answer?.GrantId !== undefined) key.grants.push({ id: answer.GrantId, operation });
  },
  revoke: async (_world, key, n) => {
    const [gone] = key.grants.splice(n % Math.max(1, key.grants.length), 1);
    if (gone !== undefined) await ends(kms.revokeGrant({ KeyId: key.KeyId, GrantId: gone.id }), undefined);
  },
  encrypt: encryptBy(() => kms),
  decrypt: decryptBy(() => kms),
  encryptAsGuest: encryptBy(() => guest),
  decryptAsGuest: decryptBy(() => guest),
};

async function agrees({ KeyId, state, automatic, rotations, grants }: ModelKey): Promise<void> {
  assert.equal((await kms.describeKey({ KeyId })).KeyMetadata?.KeyState, state);
  assert.equal((await kms.listKeyRotations({ KeyId })).Rotations?.length, rotations);
  const { KeyRotationEnabled } = await kms.getKeyRotationStatus({ KeyId });
  assert.equal(KeyRotationEnabled, automatic && state !== 'PendingDeletion');
  const listed = (await kms.listGrants({ KeyId })).Grants?.map(({ GrantId }) => GrantId);
  assert.deepEqual(listed?.sort(), grants.map(({ id }) => id).sort());
}

/** Deletion ends most of what can happen: it comes less often than grants and their use. */
const weights: Readonly<Record<string, number>> = {
  grant: 4,
  encryptAsGuest: 3,
  decryptAsGuest: 3,
  enable: 3,
  cancel: 3,
};
const choices = Object.keys(steps).map((what) => ({ arbitrary: fc.constant(what), weight: weights[what] ?? 1 }));

const sequence = fc.array(fc.record({ what: fc.oneof(...choices), key: fc.nat(1), n: fc.nat(1_000) }), {
  minLength: 20,
  maxLength: 80,
  size: 'max',
});

test('random calls end as the model says', async () => {
  let calls = 0;
  const run = async (chosen: readonly { readonly what: string; readonly key: number; readonly n: number }[]) => {
    const key = async (): Promise<ModelKey> => ({
      KeyId: await createKey(kms),
      state: 'Enabled',
      automatic: false,
      rotations: 0,
      grants: [],
    });
    const world: World = { keys: [await key(), await key()], ciphertexts: [] };
    for (const { what, key: at, n } of chosen) {
      const target = world.keys[at];
      assert.ok(target !== undefined);
      await steps[what]?.(world, target, n);
      calls += 1;
    }
    for (const each of world.keys) await agrees(each);
  };
  await fc.assert(fc.asyncProperty(sequence, run), { numRuns: 80, interruptAfterTimeLimit: 30_000 });
  assert.ok(calls > 2_000, `${calls} calls`);
});
