import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { Placeholders, recordedCases } from '../recordings-for-tests.ts';
import { openTestAccount, type TestAccount } from './iam-for-tests.ts';
import { type Replay, refusedSuffix, replays, serviceRole } from './recorded-cases-for-tests.ts';

/** What another service did around the case. */
const elsewhere = /^(?:stack[_-].*|outputs|key_outputs)$/;

/** Cases that cannot be asked again, with the reason. */
const apart: Readonly<Record<string, string>> = {
  test_iam_user_access_key: 'what a stack does with a key',
  test_inline_policy_with_fn_sub_json_string: 'a document as a stack writes it',
  test_managedpolicy_with_fn_sub_and_arrays: 'a document as a stack writes it',
  test_managedpolicy_with_fn_sub_json_string: 'a document as a stack writes it',
  test_managedpolicy_with_fn_sub_multiline_yaml: 'a document as a stack writes it',
};

/** Steps that cannot be asked again, with the reason. */
const stepsApart: Readonly<Record<string, string>> = {
  'test_server_certificate certificate': 'the private key was not recorded',
};

/** The roles of some services had been used by them when they were recorded. */
const usedByAws = /^describe-response\.Role\.RoleLastUsed\.(?:LastUsedDate|Region): recorded .*, got nothing$/;

/** Families of cases differ by a service's name: `…[batch.amazonaws.com]`. */
function replayOf(name: string): Replay | undefined {
  const [, family, service] = /^TestIAMServiceRoles::test_service_role_(lifecycle\w*)\[(.+)\]$/.exec(name) ?? [];
  if (family === undefined || service === undefined) return replays[name];
  if (family === 'lifecycle_custom_suffix_not_allowed') return refusedSuffix(service);
  return serviceRole(service, family === 'lifecycle_custom_suffix' ? 'suffix' : undefined);
}

const cases = recordedCases('iam');
const asked = [...(cases ?? [])].map(([name, recorded]) => ({ name: name.replace(/^\w+::/, ''), recorded }));
const replayed = asked.filter(({ name }) => apart[name] === undefined);

describe(`IAM answers as AWS was recorded: ${replayed.length} of ${asked.length} cases`, {
  skip: cases === undefined ? 'the recordings are not at hand' : false,
}, () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  for (const { name, recorded } of replayed) {
    it(name, async () => {
      const replay = replayOf(name);
      assert.ok(replay !== undefined, 'a case without a replay belongs to `apart`, with its reason');
      const answers = await replay(test.root, test.account);
      const placeholders = new Placeholders(test.account);
      const found = Object.entries(recorded).flatMap(([step, response]) =>
        elsewhere.test(step) || stepsApart[`${name} ${step}`] !== undefined
          ? []
          : placeholders.differences(response, answers[step], step),
      );
      assert.deepEqual(
        found.filter((difference) => !usedByAws.test(difference)),
        [],
      );
    });
  }
});
