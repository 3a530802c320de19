import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { isUnsupported } from '#runtime/operation.ts';
import { loadModel } from '#wire/model/load.ts';
import { openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';
import { roleOperations } from './registry-roles.ts';
import { simulateOperations } from './registry-simulate.ts';
import { userOperations } from './registry-users.ts';

describe('the registry of IAM', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  it('names each operation of the model once', () => {
    const named = [roleOperations, simulateOperations, userOperations].flatMap((part) => Object.keys(part));
    assert.deepEqual(named.sort(), [...loadModel('iam').operations.keys()].sort());
  });

  it('gives a reason for each operation that is not built', () => {
    for (const operation of Object.values(simulateOperations)) assert.ok(isUnsupported(operation));
  });

  it('answers what is not built with an error that says so', async () => {
    assert.match(
      await refusal(test.root.listOrganizationsFeatures({})),
      /^400 UnsupportedOperation: .*iam:ListOrganizationsFeatures/,
    );
    assert.match(
      await refusal(test.root.getAccountProperties({})),
      /^400 UnsupportedOperation: .*iam:GetAccountProperties/,
    );
  });
});
