import type { Context } from '#runtime/context.ts';
import { ConflictError } from '#store/store.ts';
import { addressed, type OpenQueue, queueAt } from './access.ts';
import { type Input, invalidValue, type Operation } from './api.ts';
import { earlierAttempt, rememberAttempt } from './attempts.ts';
import { type Candidate, feedOf, waitForMessages } from './feed.ts';
import { receiveFromGroup } from './fifo-groups.ts';
import { isExpired, receiveMessage, removeMessage } from './message-state.ts';
import { checkToken } from './new-message.ts';
import { messages } from './records.ts';
import { type Received, shown } from './shown-message.ts';

export const ReceiveMessage: Operation<'ReceiveMessage'> = {
  anonymous: true,
  dataEvent: true,
  resource: addressed,
  handle: async (input, ctx) => {
    const queue = await queueAt(ctx, input.QueueUrl);
    const asked = readAsked(input, queue);
    try {
      const received = await receive(ctx, queue, asked);
      if (received.length === 0) return {};
      return { Messages: await Promise.all(received.map((message) => shown(ctx, queue, message, input))) };
    } catch (error) {
      // What conflicts runs again, with what it has taken already.
      if (!(error instanceof ConflictError)) feedOf(ctx, queue).release(await takenBy(ctx, queue));
      throw error;
    }
  },
};

/** Seconds, and how many at most. */
type Asked = {
  readonly most: number;
  readonly visibility: number;
  readonly wait: number;
  readonly attempt: string | undefined;
};

function readAsked(input: Input<'ReceiveMessage'>, { row: { settings } }: OpenQueue): Asked {
  const { MaxNumberOfMessages: most = 1, VisibilityTimeout: visibility, WaitTimeSeconds: wait } = input;
  const { ReceiveRequestAttemptId: attempt } = input;
  if (most < 1 || most > 10) throw invalidValue(most, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
  if (wait !== undefined && (wait < 0 || wait > 20))
    throw invalidValue(wait, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.');
  if (visibility !== undefined && (visibility < 0 || visibility > 43_200))
    throw invalidValue(visibility, 'VisibilityTimeout', 'Must be >= 0 and <= 43200, if provided.');
  if (attempt !== undefined) {
    checkToken(attempt, 'ReceiveRequestAttemptId');
    if (!settings.fifo)
      throw invalidValue(
        attempt,
        'ReceiveRequestAttemptId',
        'The request include parameter that is not valid for this queue type.',
      );
  }
  return { most, visibility: visibility ?? settings.visibility, wait: wait ?? settings.wait, attempt };
}

async function receive(ctx: Context, queue: OpenQueue, asked: Asked): Promise<readonly Received[]> {
  if (asked.attempt !== undefined) {
    const again = await earlierAttempt(ctx, queue, asked.attempt, asked.visibility);
    if (again !== undefined) return again;
  }
  const until = ctx.now + asked.wait * 1_000;
  let received = await receiveReady(ctx, queue, asked, ctx.now);
  for (let now = ctx.now; received.length === 0 && now < until; ) {
    // What comes while nobody listens is found by the look that follows.
    now = await waitForMessages(ctx, queue, until, async (at) => {
      received = await receiveReady(ctx, queue, asked, at);
      return { found: received.length > 0, nextAt: feedOf(ctx, queue).nextAt };
    });
    if (received.length === 0) received = await receiveReady(ctx, queue, asked, now);
  }
  if (asked.attempt !== undefined && received.length > 0) rememberAttempt(ctx, queue, asked.attempt, received);
  return received;
}

/** Candidates of a call; they outlive an attempt that was overtaken. */
function takenBy(ctx: Context, queue: OpenQueue): Promise<Candidate[]> {
  return ctx.once(`candidates ${queue.row.contents}`, async () => []);
}

/** Receives what is there. Candidates of an attempt that was overtaken are tried first. */
async function receiveReady(ctx: Context, queue: OpenQueue, asked: Asked, now: number): Promise<readonly Received[]> {
  const feed = feedOf(ctx, queue);
  const taken = await takenBy(ctx, queue);
  const mine = taken.splice(0);
  const received: Received[] = [];
  while (received.length < asked.most) {
    const candidate = mine.shift() ?? (await feed.take(now));
    if (candidate === undefined) break;
    taken.push(candidate);
    const at = Math.max(now, feed.readAt);
    const found = queue.row.settings.fifo
      ? await receiveFromGroup(ctx, queue, candidate.id, { ...asked, most: asked.most - received.length }, at)
      : await receiveOne(ctx, queue, candidate.id, asked.visibility, at);
    if (found === undefined) taken.pop();
    else received.push(...found);
  }
  taken.push(...mine);
  return received;
}

/** Undefined when others were faster. */
async function receiveOne(
  ctx: Context,
  queue: OpenQueue,
  id: string,
  visibility: number,
  now: number,
): Promise<readonly Received[] | undefined> {
  const row = await queue.records.get(messages, id);
  if (row === undefined || row.visibleAt > now) return undefined;
  if (isExpired(queue, row, now)) {
    await removeMessage(queue, id, row);
    return [];
  }
  const received = await receiveMessage(ctx, queue, id, row, visibility, now);
  return received === undefined ? [] : [received];
}
