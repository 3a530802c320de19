import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { jobId } from '#runtime/run-job.ts';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('parameter policies at work', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.ringwall.stop());

  const expiration = (ms: number) => ({
    Type: 'Expiration',
    Version: '1.0',
    Attributes: { Timestamp: new Date(store.ringwall.installation.clock.now() + ms).toISOString() },
  });
  const notify = (Before: string, Unit = 'Days') => ({
    Type: 'ExpirationNotification',
    Version: '1.0',
    Attributes: { Before, Unit },
  });
  const unchanged = (After: string, Unit = 'Days') => ({
    Type: 'NoChangeNotification',
    Version: '1.0',
    Attributes: { After, Unit },
  });
  const put = (name: string, policies?: readonly object[]) =>
    store.put(name, 'v', {
      Tier: 'Advanced',
      ...(policies === undefined ? {} : { Policies: JSON.stringify(policies) }),
    });
  const statuses = async (name: string) => {
    const { Parameters } = await store.ssm.describeParameters({ ParameterFilters: [{ Key: 'Name', Values: [name] }] });
    return Parameters?.[0]?.Policies?.map(({ PolicyType, PolicyStatus }) => `${PolicyType} ${PolicyStatus}`);
  };
  /** Moves the clock; what was published about a parameter. */
  const pass = async (name: string, ms: number) => {
    await store.events();
    await store.ringwall.advance(ms);
    const told = await store.events();
    return told
      .filter(({ resources }) => resources[0] === store.arn(name))
      .map(({ type, detail }) => `${type}: ${detail['policy-type'] ?? detail['operation']}`);
  };
  const acted = (type: string) => `Parameter Store Policy Action: ${type}`;

  test('notice is given before the expiration, which deletes', async () => {
    const name = '/policy/expires';
    const policies = [expiration(30 * day), notify('15'), notify('12', 'Hours')];
    await put(name, policies);
    assert.deepEqual(await statuses(name), [
      'Expiration Pending',
      'ExpirationNotification Pending',
      'ExpirationNotification Pending',
    ]);
    assert.deepEqual(await pass(name, 14 * day), []);
    assert.deepEqual(await pass(name, 2 * day), [acted('ExpirationNotification')]);
    assert.deepEqual(await statuses(name), [
      'Expiration Pending',
      'ExpirationNotification Finished',
      'ExpirationNotification Pending',
    ]);
    assert.deepEqual(await pass(name, 13 * day + 13 * hour), [acted('ExpirationNotification')]);
    assert.equal((await store.ssm.getParameter({ Name: name })).Parameter?.Value, 'v');
    assert.deepEqual(await pass(name, 12 * hour), [acted('Expiration'), 'Parameter Store Change: Delete']);
    await refused(store.ssm.getParameter({ Name: name }), 'ParameterNotFound');
  });

  test('the event carries the policy', async () => {
    const name = '/policy/event';
    const policy = unchanged('1', 'Hours');
    await put(name, [policy]);
    await store.events();
    await store.ringwall.advance(hour);
    const [event] = (await store.events()).filter(({ resources }) => resources[0] === store.arn(name));
    assert.deepEqual(event?.detail, {
      'parameter-name': name,
      'policy-type': 'NoChangeNotification',
      'policy-content': JSON.stringify(policy),
      'action-status': 'Success',
    });
  });

  test('every change starts the time without change again', async () => {
    const name = '/policy/unchanged';
    await put(name, [unchanged('20')]);
    assert.deepEqual(await pass(name, 19 * day), []);
    await put(name);
    assert.deepEqual(await pass(name, 19 * day), []);
    assert.deepEqual(await pass(name, day + hour), [acted('NoChangeNotification')]);
    assert.deepEqual(await statuses(name), ['NoChangeNotification Finished']);
    assert.deepEqual(await pass(name, 100 * day), []);
    await put(name);
    assert.deepEqual(await statuses(name), ['NoChangeNotification Pending']);
    assert.deepEqual(await pass(name, 21 * day), [acted('NoChangeNotification')]);
  });

  test('a change leaves the expiration where it is, and gives no notice twice', async () => {
    const name = '/policy/kept';
    await put(name, [expiration(10 * day), notify('5')]);
    assert.deepEqual(await pass(name, 6 * day), [acted('ExpirationNotification')]);
    await store.events();
    await put(name);
    await store.ringwall.advance(0);
    assert.deepEqual(
      (await store.events()).map(({ detail }) => detail['operation']),
      ['Update'],
    );
    assert.deepEqual(await statuses(name), ['Expiration Pending', 'ExpirationNotification Finished']);
    assert.deepEqual(await pass(name, 3 * day), []);
    assert.deepEqual(await pass(name, 2 * day), [acted('Expiration'), 'Parameter Store Change: Delete']);
  });

  test('new policies replace the old ones, and [{}] removes them', async () => {
    const name = '/policy/replaced';
    await put(name, [expiration(10 * day), unchanged('2')]);
    await put(name, [expiration(40 * day)]);
    assert.deepEqual(await pass(name, 11 * day), []);
    assert.deepEqual(await statuses(name), ['Expiration Pending']);
    await put(name, [{}]);
    assert.deepEqual(await statuses(name), []);
    assert.deepEqual(await pass(name, 100 * day), []);
    assert.equal((await store.ssm.getParameter({ Name: name })).Parameter?.Version, 3);
  });

  test('policies go with their parameter', async () => {
    const name = '/policy/deleted';
    const { store: records } = store.ringwall.installation.house;
    const planned = await records.nextJobAt();
    await put(name, [expiration(day)]);
    assert.notEqual(await records.nextJobAt(), planned);
    await store.ssm.deleteParameter({ Name: name });
    assert.equal(await records.nextJobAt(), planned);
    await put(name, []);
    assert.deepEqual(await pass(name, 2 * day), []);
    assert.equal((await store.ssm.getParameter({ Name: name })).Parameter?.Version, 1);
  });

  test('a job that comes too early waits for its time', async () => {
    const name = '/policy/early';
    await put(name, [unchanged('3')]);
    const { house, scheduler } = store.ringwall.installation;
    const id = jobId(store.ringwall.account, 'us-east-1', `${name}:0`);
    const runAt = house.clock.now();
    await house.store.commit({
      reads: [],
      writes: [],
      events: [],
      audit: [],
      jobs: [{ kind: 'ssm/policy', id, runAt }],
    });
    scheduler.wake();
    assert.deepEqual(await pass(name, 2 * day), []);
    assert.deepEqual(await pass(name, 2 * day), [acted('NoChangeNotification')]);
  });
});
