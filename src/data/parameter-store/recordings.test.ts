import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { isUnsupported } from '#runtime/operation.ts';
import { RecordedMatch } from '../recorded-match-for-tests.ts';
import { encodesAlike, type RecordedAnswer, recordedAnswers } from '../recorded-shapes-for-tests.ts';
import { asRecorded, parsedName, type Recording, readRecordings } from '../recordings-for-tests.ts';
import { openTestStore, type TestStore } from './client-for-tests.ts';
import { parameterStore } from './service.ts';

/** Makes the requests of a recorded case again. @returns the answers by their labels */
type Replay = (store: TestStore) => Promise<Recording>;

const replays: Readonly<Record<string, Replay>> = {
  test_get_parameter_by_arn: async ({ ssm, arn }) => {
    await ssm.putParameter({ Name: 'by-arn', Type: 'String', Value: 'test' });
    const { Parameter } = await ssm.getParameter({ Name: arn('/by-arn') });
    return { Parameter };
  },
  test_parameters_with_path: async ({ ssm, arn }) => {
    const Name = '/test/recorded';
    return {
      'put-parameter-response': asRecorded(await ssm.putParameter({ Name, Type: 'String', Value: '123' })),
      'get-parameter-response': asRecorded(await ssm.getParameter({ Name })),
      'get-parameters-response': asRecorded(await ssm.getParameters({ Names: [Name] })),
      'get-parameter-by-arn-response': asRecorded(await ssm.getParameter({ Name: arn(Name) })),
      'get-parameters-by-arn-response': asRecorded(await ssm.getParameters({ Names: [arn(Name)] })),
    };
  },
};

const recordings = readRecordings('ssm');
const answers = recordedAnswers('ssm');

if (recordings === undefined || answers === undefined) {
  test('recordings of AWS', { skip: 'the recordings are not installed' });
} else {
  replay(recordings);
  compareShapes(answers);
}

function replay(cases: ReadonlyMap<string, Recording>): void {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.ringwall.stop());

  test(`${cases.size} of ${cases.size} recorded cases are replayed, and no replay is left over`, () => {
    assert.deepEqual([...cases.keys()].sort(), Object.keys(replays).sort());
  });

  for (const [name, recording] of cases) {
    test(name, async () => {
      const given = await replays[parsedName(name).base]?.(store);
      const match = new RecordedMatch(store.ringwall.account, []);
      assert.deepEqual(Object.keys(given ?? {}).sort(), Object.keys(recording).sort());
      for (const [label, value] of Object.entries(recording)) match.check(given?.[label], value, label);
    });
  }
}

function compareShapes(all: readonly RecordedAnswer[]): void {
  const served = all.filter(({ operation }) => {
    const found = parameterStore.operations[operation];
    return found !== undefined && !isUnsupported(found);
  });
  for (const operation of [...new Set(served.map((answer) => answer.operation))].sort()) {
    const found = served.filter((answer) => answer.operation === operation);
    test(`${operation}: ${found.length} recorded answers can be ours`, () => {
      for (const answer of found) encodesAlike('ssm', answer);
    });
  }
}
