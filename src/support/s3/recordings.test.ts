import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { parsedName, type Recording, readRecordings } from '../../data/recordings-for-tests.ts';
import { Stage } from './replay-for-tests.ts';
import { replaysOfBuckets } from './replays-of-buckets-for-tests.ts';
import { replaysOfConditions } from './replays-of-conditions-for-tests.ts';
import { replaysOfLists } from './replays-of-lists-for-tests.ts';
import { replaysOfObjects } from './replays-of-objects-for-tests.ts';
import { replaysOfUploads } from './replays-of-uploads-for-tests.ts';

const replays: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  ...replaysOfBuckets,
  ...replaysOfConditions,
  ...replaysOfLists,
  ...replaysOfObjects,
  ...replaysOfUploads,
};

const recordings = readRecordings('s3');

if (recordings === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(recordings);

function replay(cases: ReadonlyMap<string, Recording>): void {
  let ringwall: Ringwall;
  let s3: S3Client;
  let count = 0;

  before(async () => {
    ringwall = await startRingwall({ region: 'us-east-1' });
    s3 = new S3Client({ ...ringwall.client, forcePathStyle: true });
  });
  after(() => ringwall.stop());

  test('every replay has its recording', () => {
    const bases = new Set([...cases.keys()].map((name) => parsedName(name).base));
    assert.deepEqual(
      Object.keys(replays).filter((name) => !bases.has(name)),
      [],
    );
  });

  for (const [name, recording] of cases) {
    const { base, parameter } = parsedName(name);
    const run = replays[base];
    if (run === undefined) continue;
    test(name, async () => {
      count += 1;
      const stage = new Stage(s3, `replay-${count}`, parameter, recording);
      await run(stage);
      assert.deepEqual(stage.left, [], 'every recorded answer is compared');
    });
  }
}
