import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ParameterTier } from '@aws-sdk/client-ssm';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';

const setting = '/ssm/parameter-store/default-parameter-tier';
const large = 'x'.repeat(4_097);
const expiration = JSON.stringify([
  { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2999-01-01T00:00:00.000Z' } },
]);

describe('tiers', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.ringwall.stop());
  beforeEach(() => store.ssm.resetServiceSetting({ SettingId: setting }));

  const setDefault = (SettingValue: ParameterTier) =>
    store.ssm.updateServiceSetting({ SettingId: setting, SettingValue });
  const put = async (Name: string, Value: string, more: { Tier?: ParameterTier; Policies?: string } = {}) =>
    (await store.ssm.putParameter({ Name, Value, Type: 'String', Overwrite: true, ...more })).Tier;

  test('standard becomes advanced, and never the other way', async () => {
    assert.equal(await put('up', 'x'.repeat(4_096)), 'Standard');
    assert.equal(await put('up', 'x'.repeat(8_192), { Tier: 'Advanced' }), 'Advanced');
    assert.equal(await put('up', 'small'), 'Advanced');
    assert.equal(await put('up', 'small', { Tier: 'Intelligent-Tiering' }), 'Advanced');
    await refused(put('up', 'small', { Tier: 'Standard' }), 'ValidationException', /can't downgrade/);
    const { Parameters } = await store.ssm.getParameterHistory({ Name: 'up' });
    assert.deepEqual(
      Parameters?.map(({ Tier }) => Tier),
      ['Standard', 'Advanced', 'Advanced', 'Advanced'],
    );
  });

  test('intelligent tiering takes the cheapest that fits', async () => {
    assert.equal(await put('smart', 'x', { Tier: 'Intelligent-Tiering' }), 'Standard');
    assert.equal(await put('smart', large, { Tier: 'Intelligent-Tiering' }), 'Advanced');
    assert.equal(await put('smart-policy', 'x', { Tier: 'Intelligent-Tiering', Policies: expiration }), 'Advanced');
  });

  test('the default tier stands in for requests that name none, on existing parameters too', async () => {
    assert.equal(await put('by-default', 'x'), 'Standard');
    await refused(put('by-default', large), 'ValidationException', /^Standard tier/);
    await setDefault('Intelligent-Tiering');
    assert.equal(await put('by-default', 'y'), 'Standard');
    assert.equal(await put('by-default', large), 'Advanced');
    await setDefault('Advanced');
    assert.equal(await put('by-default-2', 'x'), 'Advanced');
    await setDefault('Standard');
    assert.equal(await put('by-default-2', 'y'), 'Advanced');
  });

  test('settings are shown with who changed them, and reset', async () => {
    const read = async () => (await store.ssm.getServiceSetting({ SettingId: setting })).ServiceSetting;
    const arn = `arn:aws:ssm:us-east-1:${store.ringwall.account}:servicesetting${setting}`;
    const before = await read();
    assert.deepEqual(
      [before?.SettingValue, before?.Status, before?.LastModifiedUser, before?.ARN],
      ['Standard', 'Default', 'System', arn],
    );
    await store.ssm.updateServiceSetting({ SettingId: arn, SettingValue: 'Advanced' });
    const changed = await read();
    assert.deepEqual([changed?.SettingId, changed?.SettingValue, changed?.Status], [setting, 'Advanced', 'Customized']);
    assert.equal(changed?.LastModifiedUser, `arn:aws:iam::${store.ringwall.account}:root`);
    assert.ok(changed?.LastModifiedDate instanceof Date);
    const reset = await store.ssm.resetServiceSetting({ SettingId: setting });
    assert.deepEqual([reset.ServiceSetting?.SettingValue, reset.ServiceSetting?.Status], ['Standard', 'Default']);
  });

  test('throughput is a setting like the other', async () => {
    const SettingId = '/ssm/parameter-store/high-throughput-enabled';
    const read = async () => (await store.ssm.getServiceSetting({ SettingId })).ServiceSetting?.SettingValue;
    assert.equal(await read(), 'false');
    await store.ssm.updateServiceSetting({ SettingId, SettingValue: 'true' });
    assert.equal(await read(), 'true');
    await refused(store.ssm.updateServiceSetting({ SettingId, SettingValue: 'yes' }), 'ValidationException', /true/);
  });

  for (const SettingId of [
    '/ssm/opsinsights/opscenter',
    'constructor',
    '__proto__',
    'arn:aws:ssm:eu-west-1:123456789012:servicesetting/ssm/parameter-store/default-parameter-tier',
  ]) {
    test(`setting ${SettingId} is not found`, async () => {
      await refused(store.ssm.getServiceSetting({ SettingId }), 'ServiceSettingNotFound');
      await refused(store.ssm.updateServiceSetting({ SettingId, SettingValue: 'x' }), 'ServiceSettingNotFound');
      await refused(store.ssm.resetServiceSetting({ SettingId }), 'ServiceSettingNotFound');
    });
  }
});
