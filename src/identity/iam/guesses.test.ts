import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { STS } from '@aws-sdk/client-sts';
import { guessedRight, mayGuess } from './guesses.ts';
import { openTestAccount, refusal } from './iam-for-tests.ts';
import { stepAt, totp } from './totp.ts';

/** Guesses that are looked at within a time, when one is made every second. */
function looked(secret: string, from: number, seconds: number): number {
  let count = 0;
  for (let second = 0; second < seconds; second += 1) if (mayGuess(secret, from + second * 1_000)) count += 1;
  return count;
}

test('wrong guesses wait longer and longer, up to an hour', () => {
  assert.equal(looked('a', 0, 30), 5);
  const hours = (count: number, from: number) => looked('a', from * 3_600_000, count * 3_600);
  assert.equal(hours(1, 1), 6);
  assert.equal(hours(24, 2), 24);
});

test('a right guess takes the wrong ones away, and no other secret’s', () => {
  assert.equal(looked('b', 0, 20), 5);
  assert.equal(looked('c', 0, 20), 5);
  guessedRight('b');
  assert.equal(looked('b', 0, 20), 5);
  assert.equal(mayGuess('c', 20_000), false);
});

test('guesses at the same moment count each', () => {
  const now = 1_000;
  assert.deepEqual(
    Array.from({ length: 7 }, () => mayGuess('d', now)),
    [true, true, true, true, true, false, false],
  );
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
