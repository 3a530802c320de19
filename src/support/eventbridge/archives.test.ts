import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { openStage, queuePolicy, type Stage } from './targets-for-tests.ts';

const day = 86_400_000;

describe('archives and replays', () => {
  let stage: Stage;
  let events: EventBridge;
  let bus: string;
  let ArchiveArn: string;
  const now = () => stage.ringwall.installation.clock.now();

  before(async () => {
    stage = await openStage();
    events = new EventBridge(stage.ringwall.client);
    await events.createEventBus({ Name: 'kept' });
    bus = `arn:aws:events:us-east-1:${stage.ringwall.account}:event-bus/kept`;
    const made = await events.createArchive({
      ArchiveName: 'orders',
      EventSourceArn: bus,
      EventPattern: '{"source":["shop"]}',
      RetentionDays: 2,
    });
    ArchiveArn = made.ArchiveArn ?? '';
    for (const name of ['one', 'two']) {
      const Arn = `arn:aws:sqs:us-east-1:${stage.ringwall.account}:${name}`;
      stage.policies.set(name, queuePolicy(Arn));
      await events.putRule({ Name: name, EventBusName: 'kept', EventPattern: '{"source":["shop"]}' });
      await events.putTargets({ Rule: name, EventBusName: 'kept', Targets: [{ Id: 'q', Arn }] });
    }
  });
  after(() => stage.ringwall.stop());

  const put = async (n: number, count = 1, Source = 'shop') => {
    const Entries = Array.from({ length: count }, (_, i) => ({
      Source,
      DetailType: 't',
      EventBusName: 'kept',
      Detail: JSON.stringify({ n: n + i }),
    }));
    await events.putEvents({ Entries });
    await stage.ringwall.settled();
  };
  const replay = async (ReplayName: string, from: number, to: number, FilterArns?: string[]) => {
    const Destination = { Arn: bus, ...(FilterArns === undefined ? {} : { FilterArns }) };
    const EventStartTime = new Date(from);
    await events.startReplay({
      ReplayName,
      EventSourceArn: ArchiveArn,
      EventStartTime,
      EventEndTime: new Date(to),
      Destination,
    });
    await stage.ringwall.settled();
    return events.describeReplay({ ReplayName });
  };

  it('keeps what its pattern matches, counts it, and replays it as it was', async () => {
    const started = now();
    await put(0, 10);
    await put(100, 1, 'other');
    const { EventCount, SizeBytes } = await events.describeArchive({ ArchiveName: 'orders' });
    const original = await stage.bodies('one');
    assert.equal(original.length, 10);
    assert.equal(EventCount, 10);
    assert.equal(
      SizeBytes,
      original.reduce((sum, event) => sum + JSON.stringify(event).length, 0),
    );
    const done = await replay('first', started - 1_000, now() + 1_000);
    assert.deepEqual([done.State, done.ReplayEndTime instanceof Date], ['COMPLETED', true]);
    const all = await stage.bodies('one');
    assert.deepEqual(
      all.slice(10).sort(byNumber),
      original.map((event) => ({ ...event, 'replay-name': 'first' })).sort(byNumber),
    );
    assert.equal(
      (await events.describeArchive({ ArchiveName: 'orders' })).EventCount,
      10,
      'replays are not kept again',
    );
  });

  it('replays to the rules that it names, and from the time that it names', async () => {
    const before = (await stage.bodies('one')).length;
    await stage.ringwall.advance(60_000);
    const from = now();
    await put(50, 3);
    const FilterArns = [`arn:aws:events:us-east-1:${stage.ringwall.account}:rule/kept/two`];
    await replay('narrow', from, now() + 1_000, FilterArns);
    assert.equal((await stage.bodies('one')).length, before + 3);
    const replayed = (await stage.bodies('two')).filter((event) => event['replay-name'] === 'narrow');
    assert.deepEqual(replayed.map(({ detail }) => (detail as { n: number }).n).sort(), [50, 51, 52]);
  });

  it('goes over many events in parts, and shows how far it is', async () => {
    const from = now();
    for (let n = 0; n < 25; n += 1) await put(n * 10, 10);
    const done = await replay('long', from, now() + 1_000, [
      `arn:aws:events:us-east-1:${stage.ringwall.account}:rule/kept/two`,
    ]);
    assert.equal(done.State, 'COMPLETED');
    assert.ok((done.EventLastReplayedTime?.getTime() ?? 0) >= from - 1_000);
    const replayed = (await stage.bodies('two')).filter((event) => event['replay-name'] === 'long');
    assert.equal(new Set(replayed.map(({ id }) => id)).size, replayed.length);
    assert.equal(replayed.length, 250);
  });

  it('drops what it has kept for longer than it should', async () => {
    await stage.ringwall.advance(day);
    await put(900);
    await stage.ringwall.advance(day + 3_600_000);
    for (let n = 0; n < 3; n += 1) await stage.ringwall.advance(3_600_000);
    assert.equal((await events.describeArchive({ ArchiveName: 'orders' })).EventCount, 1);
    await stage.ringwall.advance(2 * day);
    const { EventCount, SizeBytes } = await events.describeArchive({ ArchiveName: 'orders' });
    assert.deepEqual([EventCount, SizeBytes], [0, 0]);
  });

  it('refuses what cannot be replayed, and ends replays that are cancelled', async () => {
    const input = { EventSourceArn: ArchiveArn, EventStartTime: new Date(0), EventEndTime: new Date(1_000) };
    const Destination = { Arn: bus };
    await assert.rejects(events.startReplay({ ReplayName: 'first', ...input, Destination }), {
      name: 'ResourceAlreadyExistsException',
      message: 'Replay first already exists.',
    });
    const other = { Arn: bus.replace('kept', 'default') };
    await assert.rejects(events.startReplay({ ReplayName: 'x', ...input, Destination: other }), {
      message: 'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
    });
    await assert.rejects(events.cancelReplay({ ReplayName: 'first' }), { name: 'IllegalStatusException' });
    const { Replays } = await events.listReplays({ State: 'COMPLETED', EventSourceArn: ArchiveArn });
    assert.deepEqual(
      Replays?.map(({ ReplayName }) => ReplayName),
      ['first', 'long', 'narrow'],
    );
  });

  it('forgets what a deleted archive held', async () => {
    await put(1);
    await events.deleteArchive({ ArchiveName: 'orders' });
    await stage.ringwall.settled();
    const { store } = stage.ringwall.installation.house;
    const place = { account: stage.ringwall.account, region: 'us-east-1' };
    assert.equal(await store.count({ collection: 'events/archived', ...place }), 0);
    await put(2);
    assert.equal(await store.count({ collection: 'events/archived', ...place }), 0);
  });
});

function byNumber(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return (a['detail'] as { n: number }).n - (b['detail'] as { n: number }).n;
}
