import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import type { Service } from '#runtime/service.ts';
import { type Recording, readRecordings } from '../../data/recordings-for-tests.ts';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';
import type { Replay } from './replay-for-tests.ts';
import { replaysOfEvents } from './replays-of-events-for-tests.ts';
import { replaysOfFilters } from './replays-of-filters-for-tests.ts';

const replays: Readonly<Record<string, Replay>> = { ...replaysOfEvents, ...replaysOfFilters };

/** Recorded cases that are not replayed, and why. */
const notReplayed: Readonly<Record<string, string>> = {
  test_create_log_group_invalid_name_length: 'AWS words it by hand; the model gives its own text for a name too long',
  test_delete_metric_filter_invalid_log_group_name:
    'AWS words it by hand; the model gives its own text for a name too long',
  test_create_log_group_with_kms_key: 'the key is recorded without its policy',
  test_describe_log_groups_with_pattern: 'AWS answers a page of one of many groups',
  test_create_export_task: 'an export with a bucket is tested beside S3',
  test_create_export_task_with_logs: 'an export with a bucket is tested beside S3; here it does not stay pending',
  test_describe_metric_filters_invalid_parameters: 'AWS tells the first of two violations',
  test_put_metric_filter_too_many_transformations: 'AWS writes the whole member as Java prints it',
  test_describe_resource_policies: 'it lists what other tests of that account had left',
  test_put_subscription_filter_lambda: 'the function is tested beside Lambda',
};

const unserved = /deliver|quer/;
const all = readRecordings('logs');

if (all === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(all);

function replay(cases: ReadonlyMap<string, Recording>): void {
  let it: TestLogs;
  before(async () => {
    it = await openTestLogs();
    const services = it.ringwall.installation.house.services as Map<string, Service>;
    const Invoke = { resource: 'none', handle: async () => ({}) } as const;
    services.set('lambda', {
      name: 'lambda',
      prefix: 'lambda',
      host: 'lambda.amazonaws.com',
      collections: [],
      operations: { Invoke },
    });
  });
  after(() => it.ringwall.stop());
  const served = [...cases.keys()].filter((name) => !unserved.test(name));
  const replayed = served.filter((name) => !(name in notReplayed));

  test(`${replayed.length} of ${cases.size} recorded cases are replayed, and no replay is left over`, () => {
    assert.deepEqual(replayed.sort(), Object.keys(replays).sort());
    for (const name of Object.keys(notReplayed)) assert.ok(cases.has(name), `${name} is recorded`);
  });
  for (const name of replayed) {
    test(name, async () => {
      const given = (await replays[name]?.(it)) ?? {};
      const recording = cases.get(name) ?? {};
      assert.deepEqual(Object.keys(given).sort(), Object.keys(recording).sort());
      for (const [label, value] of Object.entries(recording)) compare(given[label], value, label, it.ringwall.account);
    });
  }
}

/** Members that AWS answers or leaves out as it likes. */
const optional = new Set(['message', 'uploadSequenceToken']);

/** Compares an answer with a recorded one: placeholders stand for any text, and names of members for numbers that vary. */
function compare(actual: unknown, recorded: unknown, path: string, account: string): void {
  if (Array.isArray(recorded)) {
    assert.ok(Array.isArray(actual) && actual.length === recorded.length, `${path}: ${JSON.stringify(actual)}`);
    for (const [at, item] of recorded.entries()) compare(actual[at], item, `${path}[${at}]`, account);
  } else if (typeof recorded === 'object' && recorded !== null) {
    const members = (typeof actual === 'string' ? JSON.parse(actual) : actual) as Record<string, unknown>;
    const names = (of: object) =>
      Object.keys(of).filter((name) => !optional.has(name) && (of as Record<string, unknown>)[name] !== undefined);
    assert.deepEqual(names(members).sort(), names(recorded).sort(), `${path}: members`);
    for (const name of names(recorded))
      compare(members[name], (recorded as Record<string, unknown>)[name], `${path}.${name}`, account);
  } else if (typeof recorded === 'string' && typeof actual === 'number') {
    assert.match(recorded, /^[a-z-]+$/, `${path}: ${actual}`);
  } else if (typeof recorded === 'string') {
    const pattern = recorded
      .split(/(<[a-z_-]+(?::[0-9]+)?>|111111111111)/)
      .map((part, at) => (at % 2 === 0 ? RegExp.escape(part) : part === '111111111111' ? account : '.+'))
      .join('');
    assert.match(String(actual), new RegExp(`^${pattern}$`), path);
  } else assert.equal(actual, recorded, path);
}
