import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import type { GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { openTestLogs, type TestLogs } from './client-for-tests.ts';

let it: TestLogs;
before(async () => {
  it = await openTestLogs();
});
after(() => it.ringwall.stop());

const hour = 3_600_000;
const day = 24 * hour;
const messagesOf = (events: readonly { readonly message?: string | undefined }[] = []) =>
  events.map(({ message }) => message);

test('what is put is got, from either end, page by page, and tokens stay at the ends', async () => {
  const { logs, put } = it;
  await it.stream('pages');
  const base = it.now() - hour;
  for (let at = 0; at < 10; at += 1) await put('pages', [`a${at}`, `b${at}`, `c${at}`], base + at * 10);
  const name = { logGroupName: 'pages', logStreamName: 's' };
  const all = await logs.getLogEvents({ ...name, startFromHead: true });
  assert.equal(all.events?.length, 30);
  assert.equal(all.events?.[0]?.message, 'a0');
  assert.equal(all.events?.[0]?.timestamp, base);

  const forward: (string | undefined)[] = [];
  let token: string | undefined;
  for (;;) {
    const page: GetLogEventsCommandOutput = await logs.getLogEvents({
      ...name,
      startFromHead: true,
      limit: 7,
      ...(token === undefined ? {} : { nextToken: token }),
    });
    forward.push(...messagesOf(page.events));
    if (page.nextForwardToken === token) break;
    token = page.nextForwardToken;
  }
  assert.deepEqual(forward, messagesOf(all.events));

  await put('pages', ['later'], base + 1_000);
  const later = await logs.getLogEvents({ ...name, startFromHead: true, nextToken: token });
  assert.deepEqual(messagesOf(later.events), ['later']);

  const backward: (string | undefined)[] = [];
  token = undefined;
  for (;;) {
    const page: GetLogEventsCommandOutput = await logs.getLogEvents({
      ...name,
      limit: 4,
      ...(token === undefined ? {} : { nextToken: token }),
    });
    backward.unshift(...messagesOf(page.events));
    if (page.nextBackwardToken === token) break;
    token = page.nextBackwardToken;
  }
  assert.deepEqual(backward, [...forward, 'later']);
  const turned = await logs.getLogEvents({
    ...name,
    startFromHead: true,
    nextToken: (await logs.getLogEvents({ ...name, limit: 4, nextToken: token })).nextForwardToken,
    limit: 1,
  });
  assert.deepEqual(messagesOf(turned.events), ['a0']);
});

test('a time range includes its start and not its end', async () => {
  await it.stream('range');
  const base = it.now() - hour;
  await it.put('range', ['0', '1', '2', '3'], base);
  const { events } = await it.logs.getLogEvents({
    logGroupName: 'range',
    logStreamName: 's',
    startTime: base + 1,
    endTime: base + 3,
  });
  assert.deepEqual(messagesOf(events), ['1', '2']);
});

test('events that are too old, expired or too new are rejected; the others are kept', async () => {
  const { logs } = it;
  await it.stream('rejected');
  await logs.putRetentionPolicy({ logGroupName: 'rejected', retentionInDays: 7 });
  const now = it.now();
  const at = (timestamp: number, message: string) => ({ timestamp, message });
  const logEvents = [
    at(0, 'ancient'),
    at(now - 15 * day, 'old'),
    at(now - 8 * day, 'expired'),
    at(now, 'kept'),
    at(now + 3 * hour, 'new'),
  ];
  const { rejectedLogEventsInfo } = await logs.putLogEvents({
    logGroupName: 'rejected',
    logStreamName: 's',
    logEvents,
  });
  assert.deepEqual(rejectedLogEventsInfo, {
    tooNewLogEventStartIndex: 4,
    tooOldLogEventEndIndex: 2,
    expiredLogEventEndIndex: 3,
  });
  const { events } = await logs.getLogEvents({ logGroupName: 'rejected', logStreamName: 's' });
  assert.deepEqual(messagesOf(events), ['kept']);
});

test('calls out of order, over a day or too large are refused', async () => {
  const { logs } = it;
  await it.stream('refused');
  const now = it.now();
  const put = (...logEvents: { timestamp: number; message: string }[]) =>
    logs.putLogEvents({ logGroupName: 'refused', logStreamName: 's', logEvents });
  await assert.rejects(put({ timestamp: now, message: 'b' }, { timestamp: now - 1, message: 'a' }), {
    name: 'InvalidParameterException',
    message: 'Log events in a single PutLogEvents request must be in chronological order.',
  });
  await assert.rejects(put({ timestamp: now - 25 * hour, message: 'b' }, { timestamp: now, message: 'a' }), /24 hours/);
  await assert.rejects(put({ timestamp: now, message: 'x'.repeat(1_048_576) }), /Upload too large/);
  await put({ timestamp: now, message: 'é'.repeat((1_048_576 - 26) / 2) });
  await assert.rejects(
    put({ timestamp: Number.MAX_SAFE_INTEGER, message: 'x' }, { timestamp: 1, message: 'y' }),
    /chronological/,
  );
  await assert.rejects(put({ timestamp: now, message: '' }), { name: 'InvalidParameterException' });
  const many = Array.from({ length: 10_001 }, () => ({ timestamp: now, message: 'x' }));
  await assert.rejects(put(...many), { name: 'InvalidParameterException' });
  const far = await put({ timestamp: 9_000_000_000_000_000, message: 'x' });
  assert.deepEqual(far.rejectedLogEventsInfo, { tooNewLogEventStartIndex: 0 });
});

test('a group is filtered over its streams in the order of time, page by page', async () => {
  const { logs } = it;
  await it.stream('filtered', 'one');
  await logs.createLogStream({ logGroupName: 'filtered', logStreamName: 'two' });
  const base = it.now() - hour;
  for (let at = 0; at < 20; at += 1)
    await it.put('filtered', [`line ${at} ${at % 3 === 0 ? 'ERROR' : 'ok'}`], base + at, at % 2 === 0 ? 'one' : 'two');
  const all = await logs.filterLogEvents({ logGroupName: 'filtered', filterPattern: 'ERROR' });
  assert.deepEqual(
    messagesOf(all.events),
    [0, 3, 6, 9, 12, 15, 18].map((at) => `line ${at} ERROR`),
  );
  assert.match(all.events?.[0]?.eventId ?? '', /^\d{56}$/);
  const paged: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.filterLogEvents({
      logGroupName: 'filtered',
      filterPattern: 'ERROR',
      limit: 2,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    paged.push(...messagesOf(page.events));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(paged, messagesOf(all.events));
  const ofOne = await logs.filterLogEvents({
    logGroupIdentifier: it.arn('filtered'),
    logStreamNames: ['one'],
    filterPattern: 'ERROR',
  });
  assert.deepEqual(
    messagesOf(ofOne.events),
    [0, 6, 12, 18].map((at) => `line ${at} ERROR`),
  );
  const ofPrefix = await logs.filterLogEvents({
    logGroupName: 'filtered',
    logStreamNamePrefix: 'tw',
    startTime: base + 5,
    endTime: base + 9,
  });
  assert.deepEqual(messagesOf(ofPrefix.events), ['line 5 ok', 'line 7 ok', 'line 9 ERROR']);
  await assert.rejects(logs.filterLogEvents({ logGroupName: 'filtered', filterPattern: '{ $.x' }), {
    message: "If a filter pattern starts with '{' it must end with '}'",
  });
});

test('small blocks are merged, and nothing changes for readers', async () => {
  const { logs, ringwall } = it;
  await it.stream('merged');
  const base = it.now() - hour;
  for (let at = 0; at < 40; at += 1) await it.put('merged', [`x${at}`, `y${at}`], base + ((at * 7) % 40) * 100);
  const name = { logGroupName: 'merged', logStreamName: 's' };
  const before = await logs.getLogEvents({ ...name, startFromHead: true });
  const first = await logs.getLogEvents({ ...name, startFromHead: true, limit: 33 });
  const filtered = await logs.filterLogEvents({ logGroupName: 'merged', filterPattern: 'x7' });
  await ringwall.advance(120_000);
  const { 'logs/block': count } = await ringwall.installation.house.store.counts();
  const after = await logs.getLogEvents({ ...name, startFromHead: true });
  assert.deepEqual(after.events, before.events);
  const rest = await logs.getLogEvents({ ...name, startFromHead: true, nextToken: first.nextForwardToken });
  assert.deepEqual([...(first.events ?? []), ...(rest.events ?? [])], before.events);
  assert.deepEqual(
    (await logs.filterLogEvents({ logGroupName: 'merged', filterPattern: 'x7' })).events,
    filtered.events,
  );
  assert.ok(count === undefined || count < 40, `${count} blocks`);
});

test('retention hides what has expired at once, and takes it away', async () => {
  const { logs, ringwall } = it;
  await it.stream('expiring');
  await logs.putRetentionPolicy({ logGroupName: 'expiring', retentionInDays: 1 });
  await it.put('expiring', ['old']);
  await ringwall.advance(20 * hour);
  await it.put('expiring', ['young']);
  await ringwall.advance(5 * hour);
  const { events } = await logs.getLogEvents({ logGroupName: 'expiring', logStreamName: 's' });
  assert.deepEqual(messagesOf(events), ['young']);
  const { logStreams } = await logs.describeLogStreams({ logGroupName: 'expiring' });
  assert.equal(logStreams?.length, 1);
});

test('a deleted group leaves nothing to the next one of its name', async () => {
  const { logs, ringwall } = it;
  await it.stream('again');
  await it.put('again', ['secret']);
  await logs.deleteLogGroup({ logGroupName: 'again' });
  await assert.rejects(logs.getLogEvents({ logGroupName: 'again', logStreamName: 's' }), {
    message: 'The specified log group does not exist.',
  });
  await it.stream('again');
  assert.deepEqual((await logs.filterLogEvents({ logGroupName: 'again' })).events, []);
  await ringwall.settled();
});

test('hostile texts come back as they were', async () => {
  await it.stream('hostile', '流/§ $LATEST [x]');
  const messages = ['\u0000', '𝒳'.repeat(1_000), 'a\nb\r\n', '"\\', '\ud800 lone'.toWellFormed(), 'x'.repeat(200_000)];
  await it.put('hostile', messages, it.now(), '流/§ $LATEST [x]');
  const { events } = await it.logs.getLogEvents({ logGroupName: 'hostile', logStreamName: '流/§ $LATEST [x]' });
  assert.deepEqual(messagesOf(events), messages);
});
