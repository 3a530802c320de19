import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CloudTrail, type LookupAttribute } from '@aws-sdk/client-cloudtrail';
import type { AnyOperation } from '#runtime/operation.ts';
import { openToy, type Toy } from '#runtime/toy-for-tests.ts';

type Event = Readonly<Record<string, unknown>>;

const secret = { SecretId: 'a' };
const read: AnyOperation = { resource: () => '*', dataEvent: true, handle: () => ({ Name: 'a' }) };
const describing: AnyOperation = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    // The toy speaks an API that the types of calls inside may not name.
    await ctx.call('secretsmanager' as never, 'GetSecretValue' as never, secret as never);
    return { Name: 'a' };
  },
};

describe('data events', () => {
  let toy: Toy;
  let trail: CloudTrail;
  let events: readonly Event[];
  before(async () => {
    toy = await openToy({ operations: { GetSecretValue: read, DescribeSecret: describing } });
    trail = new CloudTrail(toy.ringwall.client);
    assert.equal((await toy.call('GetSecretValue', secret)).status, 200);
    assert.equal((await toy.call('DescribeSecret', secret)).status, 200);
    assert.equal((await toy.call('GetSecretValue', {})).status, 400, 'the secret is missing');
    events = (await toy.recorded()).map(({ event }) => event as unknown as Event);
  });
  after(async () => {
    trail.destroy();
    await toy.ringwall.stop();
  });

  const found = async (...attributes: readonly LookupAttribute[]) => {
    const { Events = [] } = await trail.lookupEvents(
      attributes.length === 0 ? {} : { LookupAttributes: [...attributes] },
    );
    return Events.map(({ EventName }) => EventName);
  };

  test('are on record as such, of calls inside and refused ones too', () => {
    const kinds = events
      .filter(({ eventSource }) => eventSource === 'secretsmanager.amazonaws.com')
      .map(({ eventName, managementEvent, eventCategory }) => [eventName, managementEvent, eventCategory]);
    assert.deepEqual(kinds.sort(), [
      ['DescribeSecret', true, 'Management'],
      ['GetSecretValue', false, 'Data'],
      ['GetSecretValue', false, 'Data'],
      ['GetSecretValue', false, 'Data'],
    ]);
  });

  test('are shown by no look-up', async () => {
    assert.ok(!(await found()).includes('GetSecretValue'));
    assert.deepEqual(await found({ AttributeKey: 'EventName', AttributeValue: 'GetSecretValue' }), []);
    assert.deepEqual(await found({ AttributeKey: 'EventSource', AttributeValue: 'secretsmanager.amazonaws.com' }), [
      'DescribeSecret',
    ]);
    const id = events.find(({ eventName }) => eventName === 'GetSecretValue')?.['eventID'];
    assert.deepEqual(await found({ AttributeKey: 'EventId', AttributeValue: String(id) }), []);
  });
});
