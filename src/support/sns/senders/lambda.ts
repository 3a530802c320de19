import { lambdaEvent } from '../engine/notification.ts';
import { unsubscribeUrl } from '../links.ts';
import { sealedNotice } from './body.ts';
import { attempt, callOptions, type Outcome, type Sender } from './sender.ts';

/** Invokes a function for each letter, without waiting for what it does. */
export const invokeFunction: Sender = async (ctx, line, letters) => {
  const outcomes: Outcome[] = [];
  for (const { notice, attributes } of letters) {
    const seal = await sealedNotice(ctx, line, notice);
    const leave = unsubscribeUrl(ctx, line.subscriptionArn);
    const input = {
      FunctionName: line.subscription.endpoint,
      InvocationType: 'Event',
      Payload: Buffer.from(lambdaEvent(notice, seal, attributes, line.subscriptionArn, leave)),
    } as const;
    const answer = await attempt(async () => {
      const { StatusCode = 202 } = await ctx.call('lambda', 'Invoke', input, callOptions(line));
      return { statusCode: StatusCode, providerResponse: JSON.stringify({ lambdaRequestId: ctx.requestId }) };
    });
    outcomes.push(answer);
  }
  return outcomes;
};
