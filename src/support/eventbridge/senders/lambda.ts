import type { Failure } from '../../target-failure.ts';
import { attempt, callOptions, type Sender } from './sender.ts';

/** Invokes a function for each parcel, without waiting for what it does. */
export const invokeFunction: Sender = async (ctx, line, parcels) => {
  const failures = new Map<number, Failure>();
  for (const [index, parcel] of parcels.entries()) {
    const failed = await attempt([parcel], async () => {
      const input = {
        FunctionName: line.target.Arn,
        InvocationType: 'Event',
        Payload: Buffer.from(parcel.text),
      } as const;
      await ctx.call('lambda', 'Invoke', input, callOptions(line));
      return new Map();
    });
    for (const failure of failed.values()) failures.set(index, failure);
  }
  return failures;
};
