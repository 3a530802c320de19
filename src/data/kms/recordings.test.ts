import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { KMS } from '@aws-sdk/client-kms';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { RecordedMatch } from '../recorded-match-for-tests.ts';
import { parsedName, type Recording, readRecordings } from '../recordings-for-tests.ts';
import { type Replay, Stage } from './replay-for-tests.ts';
import { replaysOfKeys } from './replays-of-keys-for-tests.ts';
import { replaysOfMaterial } from './replays-of-material-for-tests.ts';
import { replaysOfRotation } from './replays-of-rotation-for-tests.ts';
import { replaysOfSignatures, replaysOfUse } from './replays-of-use-for-tests.ts';

const replays: Readonly<Record<string, Replay>> = {
  ...replaysOfKeys,
  ...replaysOfMaterial,
  ...replaysOfRotation,
  ...replaysOfSignatures,
  ...replaysOfUse,
};

/** Recorded cases that are not replayed, and why. */
const notReplayed: Readonly<Record<string, string>> = {
  'test_sign_verify[ECC_NIST_P256-ECDSA_SHA_384]': 'no answer is recorded',
  'test_sign_verify[ECC_SECG_P256K1-ECDSA_SHA_512]': 'no answer is recorded',
  test_rotate_key_on_demand_raises_error_given_key_with_imported_key_material:
    'imported keys rotate on demand since the recording: three later recordings, which are replayed, show it',
};

/** Members of the API model that AWS did not answer yet when the cases were recorded. */
const newer = ['CurrentKeyMaterialId', 'KeyMaterialId', 'SourceKeyMaterialId', 'DestinationKeyMaterialId'];

const recordings = readRecordings('kms');

if (recordings === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(recordings);

function replay(cases: ReadonlyMap<string, Recording>): void {
  let ringwall: Ringwall;
  let kms: KMS;
  let singapore: KMS;

  before(async () => {
    ringwall = await startRingwall();
    kms = new KMS(ringwall.client);
    singapore = new KMS(ringwall.as(ringwall.root, 'ap-southeast-1'));
  });
  after(() => ringwall.stop());

  const replayed = [...cases.keys()].filter((name) => !(name in notReplayed));

  test(`${replayed.length} of ${cases.size} recorded cases are replayed, and no replay is left over`, () => {
    assert.deepEqual([...new Set(replayed.map((name) => parsedName(name).base))].sort(), Object.keys(replays).sort());
    for (const name of Object.keys(notReplayed)) assert.ok(cases.has(name), `${name} is recorded`);
  });

  for (const name of replayed) {
    test(name, async () => {
      const { base, parameter } = parsedName(name);
      const stage = new Stage(
        kms,
        singapore,
        parameter,
        cases.get(name) ?? {},
        new RecordedMatch(ringwall.account, newer),
      );
      await replays[base]?.(stage);
      assert.deepEqual(stage.left, [], 'every recorded answer is compared');
    });
  }
}
