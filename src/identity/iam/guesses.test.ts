import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { STS } from '@aws-sdk/client-sts';
import { memoryCounters } from '#store/counters/memory-counters.ts';
import { guessedRight, mayGuess } from './guesses.ts';
import { openTestAccount, refusal } from './iam-for-tests.ts';
import { stepAt, totp } from './totp.ts';

let now = 0;
const counting = { counters: memoryCounters({ now: () => now }) };

/** Guesses that are looked at within a time, when one is made every second. */
async function looked(secret: string, from: number, seconds: number): Promise<number> {
  let count = 0;
  for (let second = 0; second < seconds; second += 1) {
    now = from + second * 1_000;
    if (await mayGuess(counting, secret)) count += 1;
  }
  return count;
}

test('wrong guesses wait longer and longer, up to an hour', async () => {
  assert.equal(await looked('a', 0, 30), 5);
  const hours = (count: number, from: number) => looked('a', from * 3_600_000, count * 3_600);
  assert.equal(await hours(1, 1), 6);
  assert.equal(await hours(24, 2), 24);
});

test('a right guess takes the wrong ones away, and no other secret’s', async () => {
  assert.equal(await looked('b', 0, 20), 5);
  assert.equal(await looked('c', 0, 20), 5);
  await guessedRight(counting, 'b');
  assert.equal(await looked('b', 0, 20), 5);
  now = 20_000;
  assert.equal(await mayGuess(counting, 'c'), false);
});

test('guesses at the same moment count each', async () => {
  now = 1_000;
  assert.deepEqual(await Promise.all(Array.from({ length: 7 }, () => mayGuess(counting, 'd'))), [
    true,
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('a password is not found by trying', async (t) => {
  const { ringwall, root, userWith } = await openTestAccount();
  t.after(() => ringwall.stop());
  const ann = await userWith('ann', { Effect: 'Allow', Action: 'iam:ChangePassword', Resource: '*' });
  await root.createLoginProfile({ UserName: 'ann', Password: 'Correct-Horse-1' });
  const change = (OldPassword: string) => ann.changePassword({ OldPassword, NewPassword: 'Battery-Staple-2' });
  for (let round = 0; round < 5; round += 1)
    assert.match(await refusal(change('wrong')), /AccessDenied: The old password/);
  assert.match(await refusal(change('Correct-Horse-1')), /^400 Throttling: /);
  await ringwall.advance(30_000);
  await change('Correct-Horse-1');
});

test('a code of an MFA device is not found by trying', async (t) => {
  const { ringwall, root, userWith } = await openTestAccount();
  t.after(() => ringwall.stop());
  const sts = new STS({ ...ringwall.client, credentials: await (await userWith('bob')).config.credentials() });
  const { VirtualMFADevice } = await root.createVirtualMFADevice({ VirtualMFADeviceName: 'bob' });
  const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString();
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? '';
  const step = stepAt(Date.now());
  await root.enableMFADevice({
    UserName: 'bob',
    SerialNumber,
    AuthenticationCode1: totp(seed, step - 1),
    AuthenticationCode2: totp(seed, step),
  });
  const session = (TokenCode: string) => sts.getSessionToken({ SerialNumber, TokenCode });
  for (let round = 0; round < 5; round += 1) await assert.rejects(session(totp(seed, round)), { name: 'AccessDenied' });
  await assert.rejects(session(totp(seed, step + 1)), { name: 'AccessDenied' });
  await ringwall.advance(30_000);
  await session(totp(seed, step + 1));
});
