import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { type Recording, readRecorded } from '../../data/recordings-for-tests.ts';
import { openTestLambda, type TestLambda } from './client-for-tests.ts';
import { LambdaMatch } from './recorded-match-for-tests.ts';
import { type LambdaReplay, LambdaStage } from './replay-for-tests.ts';
import { replaysOfFunctions } from './replays-of-functions-for-tests.ts';
import { isComparedName, replaysOfLayers } from './replays-of-layers-for-tests.ts';
import { replaysOfSettings } from './replays-of-settings-for-tests.ts';

const replays: Readonly<Record<string, LambdaReplay>> = {
  ...replaysOfFunctions,
  ...replaysOfLayers,
  ...replaysOfSettings,
};
const text = readRecorded('lambda.json.gz');

if (text === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(new Map(Object.entries(JSON.parse(text) as Record<string, Recording>)));

function replay(all: ReadonlyMap<string, Recording>): void {
  let on: TestLambda;
  before(async () => {
    on = await openTestLambda();
  });
  after(() => on.stop());

  const named = [...all].map(([path, recording]) => [path.slice(path.lastIndexOf('::') + 2), path, recording] as const);
  const base = (name: string) => name.replace(/\[.*$/s, '');

  test('every replay has its recording', () => {
    const known = new Set(named.map(([name]) => base(name)));
    assert.deepEqual(
      Object.keys(replays).filter((name) => !known.has(name)),
      [],
    );
  });

  let n = 0;
  for (const [name, path, recording] of named) {
    const run = replays[base(name)];
    if (run === undefined || Object.keys(recording).length === 0 || !/^test_lambda(_api)?::/.test(path)) continue;
    const parameter = /\[(.*)\]$/s.exec(name)?.[1] ?? '';
    if (base(name) === 'test_function_name_and_qualifier_validation' && !isComparedName(parameter)) continue;
    n += 1;
    const id = n;
    test(name, async () => {
      const stage = new LambdaStage(on, `fn-${id}`, parameter, recording, new LambdaMatch(on.ringwall.account));
      await run(stage);
      assert.deepEqual(stage.left, [], 'every recorded answer is compared');
    });
  }
}
