import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { type Recording, readRecordings } from '../../data/recordings-for-tests.ts';
import { replaysOfMessages } from './replays-of-messages-for-tests.ts';
import { replaysOfSubscriptions } from './replays-of-subscriptions-for-tests.ts';
import { replaysOfTopics } from './replays-of-topics-for-tests.ts';
import { openStage, type Stage } from './stage-for-tests.ts';

const replays = { ...replaysOfMessages, ...replaysOfSubscriptions, ...replaysOfTopics };
const recordings = readRecordings('sns');

/** Recorded cases that are not replayed, and why. */
const elsewhere: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /platform|endpoint_of|endpoints_of|application|sms|phone|opt(?:ed)?_|sampling|opted/i,
    'text messages and mobile push are not served',
  ],
  [/data_protection/, 'data protection policies are not served'],
  [/lambda/, 'functions are run by the tests that have one'],
  [
    /sqs|http|filter_policy|_to_dlq|failure_to_deliver|before_subscribe|by_target_arn|path_parameters|unicode|group_id|not_missing|message_to|on_topic_level/,
    'what subscribers get is tested in delivery.test.ts and http.test.ts, filter policies beside their engine',
  ],
  [/validate_policy|policy_complexity/, 'all refusals of filter policies are replayed beside their engine'],
  [/region/, 'Regions have topics of their own: no answer of these cases is another than here'],
  [/on_delete_topic/, 'AWS shows subscriptions of a topic that is gone for a while, Ringwall does not'],
  [/unsubscribe_from_deleted_topic|list_subscriptions|topic_policy_overwrite/, 'no answer worth comparing is recorded'],
  [/./, 'the same calls and answers as in cases that are replayed'],
];

if (recordings === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(recordings);

function replay(cases: ReadonlyMap<string, Recording>): void {
  let it: Stage;
  before(async () => {
    it = await openStage();
  });
  after(() => it.ringwall.stop());

  test('recorded cases: how many are replayed, and why others are not', (t) => {
    for (const [pattern, reason] of elsewhere) {
      const left = [...cases.keys()].filter(
        (name) => !(name in replays) && elsewhere.find(([each]) => each.test(name))?.[0] === pattern,
      );
      assert.ok(left.length > 0, reason);
      t.diagnostic(`${left.length} not replayed: ${reason}`);
    }
    assert.equal(Object.keys(replays).length, 41);
  });

  for (const [name, make] of Object.entries(replays)) {
    test(name, async () => {
      const recorded = cases.get(name);
      assert.ok(recorded !== undefined, 'it is recorded');
      for (const [label, answer] of Object.entries(await make(it))) {
        assert.ok(label in recorded, `${label} is recorded`);
        compare(answer, recorded[label], label, it.ringwall.account);
      }
    });
  }
}

/** Compares an answer with a recorded one: placeholders stand for any text. */
function compare(actual: unknown, recorded: unknown, path: string, account: string): void {
  if (Array.isArray(recorded)) {
    assert.ok(Array.isArray(actual) && actual.length === recorded.length, `${path}: ${JSON.stringify(actual)}`);
    for (const [at, item] of recorded.entries()) compare(actual[at], item, `${path}[${at}]`, account);
  } else if (typeof recorded === 'object' && recorded !== null) {
    const members = (typeof actual === 'string' ? JSON.parse(actual) : actual) as Record<string, unknown>;
    const names = (of: object) =>
      Object.keys(of).filter((name) => name !== '_normalized' && (of as Record<string, unknown>)[name] !== undefined);
    assert.deepEqual(names(members).sort(), names(recorded).sort(), `${path}: members of ${JSON.stringify(members)}`);
    for (const name of names(recorded)) {
      compare(members[name], (recorded as Record<string, unknown>)[name], `${path}.${name}`, account);
    }
  } else if (typeof recorded === 'string') {
    const pattern = recorded
      .split(/(<[a-z_-]+(?::[0-9]+)?>|111111111111)/)
      .map((part, at) => (at % 2 === 0 ? RegExp.escape(part) : part === '111111111111' ? account : '.+'))
      .join('');
    // Replays are the root user's.
    if (path.endsWith('SubscriptionPrincipal')) assert.equal(actual, `arn:aws:iam::${account}:root`);
    else assert.match(String(actual), new RegExp(`^${pattern}$`), path);
  } else assert.equal(actual, recorded, path);
}
