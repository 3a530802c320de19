import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { isUnsupported } from '#runtime/operation.ts';
import { encodesAlike, type RecordedAnswer, recordedAnswers } from '../recorded-shapes-for-tests.ts';
import { kms } from './service.ts';

/** Recordings that AWS cannot have answered: somebody wrote them. */
const written: Readonly<Record<string, string>> = {
  'ListKeyRotations of test_kms_last_rotation': 'the date is a text',
  'ListKeyRotations of test_kms_last_rotation_none': 'a member of another API: NextToken',
};

const answers = recordedAnswers('kms');

if (answers === undefined) test('shapes recorded of AWS', { skip: 'the recordings are not installed' });
else compare(answers);

function compare(all: readonly RecordedAnswer[]): void {
  const nameOf = ({ operation, test: by }: RecordedAnswer) => `${operation} of ${by}`;
  const operations = [...new Set(all.map(({ operation }) => operation))].sort();

  for (const operation of operations) {
    const found = all.filter((each) => each.operation === operation && !(nameOf(each) in written));
    test(`${operation}: ${found.length} recorded answers can be ours`, () => {
      const served = kms.operations[operation];
      assert.ok(served !== undefined && !isUnsupported(served));
      for (const answer of found) encodesAlike('kms', answer);
    });
  }

  test('what is left out is recorded', () => {
    const names = new Set(all.map(nameOf));
    assert.deepEqual(
      Object.keys(written).filter((name) => !names.has(name)),
      [],
    );
  });
}
