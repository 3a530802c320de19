import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';
import { type ParameterRow, parameters } from './records.ts';

describe('the quota of 10,000 standard parameters', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
    await store.put('/advanced', 'v', { Tier: 'Advanced' });
    await fill(store, 9_999);
  });
  after(() => store.ringwall.stop());

  const create = (Name: string, Tier?: 'Standard' | 'Advanced' | 'Intelligent-Tiering') =>
    store.ssm.putParameter({ Name, Value: 'v', Type: 'String', ...(Tier === undefined ? {} : { Tier }) });

  test('advanced parameters are counted apart; the 10,000th is the last', async () => {
    assert.equal((await create('/last')).Tier, 'Standard');
    await refused(
      create('/beyond'),
      'ParameterLimitExceeded',
      'You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).',
    );
    assert.equal(await store.put('/last', 'w'), 2);
    assert.equal((await create('/smart', 'Intelligent-Tiering')).Tier, 'Advanced');
    assert.equal((await create('/chosen', 'Advanced')).Tier, 'Advanced');
  });

  test('an upgrade and a deletion make room', async () => {
    await store.put('/last', 'x', { Tier: 'Advanced' });
    assert.equal((await create('/after-upgrade')).Tier, 'Standard');
    await refused(create('/beyond'), 'ParameterLimitExceeded');
    await store.ssm.deleteParameters({ Names: ['/last', '/smart', '/chosen'] });
    await refused(create('/beyond'), 'ParameterLimitExceeded');
    await store.ssm.deleteParameter({ Name: '/after-upgrade' });
    assert.equal((await create('/beyond')).Tier, 'Standard');
  });
});

/** Standard parameters `/filled/0`, `/filled/1`, … written past the API. */
async function fill({ ringwall }: TestStore, count: number): Promise<void> {
  const { store } = ringwall.installation.house;
  const value = (name: string): ParameterRow => ({
    name,
    current: {
      version: 1,
      type: 'String',
      value: 'v',
      keyId: undefined,
      dataType: 'text',
      description: undefined,
      allowedPattern: undefined,
      tier: 'Standard',
      policies: [],
      modified: 0,
      modifiedBy: 'test',
    },
    oldestVersion: 1,
    labels: {},
    tags: {},
    resourcePolicy: undefined,
  });
  const writes = Array.from({ length: count }, (_, index) => {
    const id = `/filled/${index}`;
    const key = { collection: parameters.name, account: ringwall.account, region: 'us-east-1', id };
    return { key, expected: 0, value: value(id), indexes: [] };
  });
  await store.commit({ reads: [], writes, events: [], jobs: [], audit: [] });
}
