import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkAliasName, serviceOfAlias } from './alias-names.ts';
import { formatHeader, parseCiphertext } from './ciphertext-header.ts';
import { canonicalContext, includesContext, sameContext } from './encryption-context.ts';
import { keyNotFound, parseReference } from './identifiers.ts';
import { isRegion } from './regions.ts';
import { advanceSchedule, checkExpiry, checkOnDemand, DAY, deletionWindow, startSchedule } from './rotation.ts';
import { checkTags } from './tags.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a context has one form, whatever the order', () => {
  assert.equal(hex(canonicalContext({ b: '2', a: '1' })), hex(canonicalContext({ a: '1', b: '2' })));
  assert.equal(hex(canonicalContext(undefined)), '00000000');
  const dictionary = fc.dictionary(fc.string(), fc.string(), { maxKeys: 5 });
  fc.assert(
    fc.property(dictionary, dictionary, (a, b) => {
      assert.equal(hex(canonicalContext(a)) === hex(canonicalContext(b)), sameContext(a, b));
      assert.equal(sameContext(a, b), includesContext(a, b) && includesContext(b, a));
    }),
  );
});

test('forms that would run together do not', () => {
  assert.notEqual(hex(canonicalContext({ ab: 'c' })), hex(canonicalContext({ a: 'bc' })));
  assert.notEqual(hex(canonicalContext({ A: '1' })), hex(canonicalContext({ a: '1' })));
  assert.ok(!includesContext({}, { toString: 'x' }));
});

test('ciphertext headers read back; noise never throws', () => {
  const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const header = {
    keyArn,
    materialId: '0f'.repeat(32),
    salt: new Uint8Array(32).fill(1),
    iv: new Uint8Array(12).fill(2),
  };
  const bytes = Buffer.concat([formatHeader(header), new Uint8Array(16).fill(3), new Uint8Array([4, 5])]);
  const parsed = parseCiphertext(bytes);
  assert.equal(parsed?.keyArn, keyArn);
  assert.equal(parsed?.materialId, header.materialId);
  assert.equal(hex(parsed?.iv ?? bytes), hex(header.iv));
  assert.equal(hex(parsed?.body ?? bytes), '0405');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void parseCiphertext(noise)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      const started = Buffer.concat([Buffer.from([1]), noise]);
      const read = parseCiphertext(started);
      if (read !== undefined) assert.equal(read.header.length + 16 + read.body.length, started.length);
    }),
  );
  assert.equal(parseCiphertext(Buffer.concat([Buffer.from([2]), bytes.subarray(1)])), undefined, 'version');
});

const uuid = '1234abcd-12ab-34cd-56ef-1234567890ab';
const references: readonly (readonly [string, boolean, string])[] = [
  [uuid, false, `key eu-west-1 111122223333 ${uuid}`],
  [`mrk-${'a'.repeat(32)}`, false, `key eu-west-1 111122223333 mrk-${'a'.repeat(32)}`],
  [`arn:aws:kms:eu-west-1:999999999999:key/${uuid}`, false, `key eu-west-1 999999999999 ${uuid}`],
  ['alias/app', true, 'alias eu-west-1 111122223333 alias/app'],
  ['arn:aws:kms:eu-west-1:999999999999:alias/a/b', true, 'alias eu-west-1 999999999999 alias/a/b'],
  ['alias/app', false, "NotFoundException Invalid keyId 'alias/app'"],
  ['fake-key-id', true, "NotFoundException Invalid keyId 'fake-key-id'"],
  ['134f2428cec14b25a1ae9048164dba47', true, "NotFoundException Invalid keyId '134f2428cec14b25a1ae9048164dba47'"],
  ['mrk-fake-key-id', true, "NotFoundException Invalid keyId 'mrk-fake-key-id'"],
  [`arn:aws:kms:us-west-2:111122223333:key/${uuid}`, true, 'NotFoundException Invalid arn us-west-2'],
  ['arn:aws:s3:::bucket', true, 'NotFoundException Invalid arn arn:aws:s3:::bucket'],
  ['', true, "NotFoundException Invalid keyId ''"],
];

for (const [text, allowAlias, expected] of references) {
  test(`reference \`${text}\`${allowAlias ? '' : ' (no alias)'}`, () => {
    const parsed = parseReference(text, '111122223333', 'eu-west-1', allowAlias);
    if ('refusal' in parsed) return assert.equal(`${parsed.refusal.code} ${parsed.refusal.message}`, expected);
    const { reference } = parsed;
    const name = reference.kind === 'key' ? reference.keyId : reference.alias;
    assert.equal(`${reference.kind} ${reference.region} ${reference.account} ${name}`, expected);
  });
}

test('a key that is not there', () => {
  assert.deepEqual(keyNotFound('arn:x'), { code: 'NotFoundException', message: "Key 'arn:x' does not exist" });
});

test('alias names', () => {
  assert.equal(checkAliasName('alias/app_1/x-y'), undefined);
  assert.match(checkAliasName('app')?.message ?? '', /^Alias must start with the prefix "alias\/"\./);
  assert.equal(checkAliasName('alias/aws/x')?.code, 'NotAuthorizedException');
  assert.equal(checkAliasName('alias/a:b')?.message, 'alias/a:b contains invalid characters for an alias');
  assert.equal(checkAliasName('alias/')?.code, 'InvalidAliasNameException');
  assert.equal(serviceOfAlias('alias/aws/ssm'), 'ssm');
  assert.equal(serviceOfAlias('alias/aws/ssm/x'), undefined);
});

test('tags', () => {
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `k${i + from}`);
  assert.equal(checkTags([], many(50)), undefined);
  assert.equal(checkTags(many(50), many(50)), undefined, 'replacing is not adding');
  assert.equal(checkTags(many(50), ['one-more'])?.message, 'Too many tags');
  assert.equal(checkTags([], ['a', 'a'])?.message, 'Duplicate tag keys');
  for (const key of ['aws:x', 'AWS:x', 'Aws:'])
    assert.equal(checkTags([], [key])?.message, 'Tags beginning with aws: are reserved');
});

test('rotation keeps to its grid', () => {
  const schedule = startSchedule(0, 90);
  assert.equal(schedule.nextAt, 90 * DAY);
  assert.equal(advanceSchedule(schedule, 90 * DAY).nextAt, 180 * DAY);
  assert.equal(advanceSchedule(schedule, 179 * DAY).nextAt, 180 * DAY);
  assert.equal(advanceSchedule(schedule, 400 * DAY).nextAt, 450 * DAY);
  fc.assert(
    fc.property(fc.integer({ min: 90, max: 2_560 }), fc.integer({ min: 0, max: 10_000 }), (period, late) => {
      const next = advanceSchedule(startSchedule(0, period), (period + late) * DAY).nextAt;
      assert.equal(next % (period * DAY), 0);
      assert.ok(next > (period + late) * DAY && next <= (2 * period + late) * DAY);
    }),
  );
});

test('deletion windows', () => {
  assert.deepEqual(deletionWindow(undefined), { days: 30 });
  assert.deepEqual(deletionWindow(7), { days: 7 });
  for (const days of [0, 6, 31, 365]) assert.ok('refusal' in deletionWindow(days), String(days));
});

test('on-demand rotations end at 25', () => {
  assert.equal(checkOnDemand('arn:x', 24), undefined);
  assert.equal(checkOnDemand('arn:x', 25)?.code, 'LimitExceededException');
  assert.match(checkOnDemand('arn:x', 25)?.message ?? '', /for this key: arn:x$/);
});

test('expiry of imported material', () => {
  assert.equal(
    checkExpiry('KEY_MATERIAL_EXPIRES', undefined, 0)?.message,
    'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
  );
  assert.equal(checkExpiry('KEY_MATERIAL_EXPIRES', DAY, 0), undefined);
  assert.ok(checkExpiry('KEY_MATERIAL_EXPIRES', 5, 5));
  assert.ok(checkExpiry('KEY_MATERIAL_EXPIRES', 365 * DAY + 1, 0));
  assert.ok(checkExpiry('KEY_MATERIAL_DOES_NOT_EXPIRE', DAY, 0));
  assert.equal(checkExpiry('KEY_MATERIAL_DOES_NOT_EXPIRE', undefined, 0), undefined);
});

test('Regions of the partition', () => {
  const regions =
    'af-south-1 ap-southeast-7 ap-northeast-1 ca-west-1 eu-central-1 il-central-1 me-south-1 mx-central-1 us-east-1';
  for (const name of regions.split(' ')) assert.ok(isRegion(name), name);
  const others =
    'cn-north-1 us-gov-west-1 us-iso-east-1 us-isob-east-1 eu-isoe-west-1 eusc-de-east-1 xx-yy-9 us-east-0 us-east';
  for (const name of others.split(' ')) assert.ok(!isRegion(name), name);
});
