import { timingSafeEqual } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { OpenQueue } from './access.ts';

/** What a receipt handle stands for: a message, and which of its receives. */
export type Receipt = { readonly id: string; readonly receives: number };

const macBytes = 16;
const purpose = 'sqs/receipt';

/** A handle that nobody else can make, for one receive of one message. */
export function receiptHandle(ctx: Context, { row }: OpenQueue, { id, receives }: Receipt): string {
  const text = Buffer.from(`${row.id}|${receives}|${id}`);
  const mac = ctx.seal.mac(text, purpose).subarray(0, macBytes);
  return Buffer.concat([mac, text]).toString('base64');
}

/** @throws ServiceError ReceiptHandleIsInvalid for what is no handle of this queue */
export function readReceipt(ctx: Context, { row }: OpenQueue, handle: string): Receipt {
  const bytes = Buffer.from(handle, 'base64');
  const [mac, text] = [bytes.subarray(0, macBytes), bytes.subarray(macBytes)];
  const wanted = ctx.seal.mac(text, purpose).subarray(0, macBytes);
  const genuine = mac.length === macBytes && timingSafeEqual(mac, wanted);
  const [queue = '', receives = '', ...id] = genuine ? text.toString().split('|') : [];
  if (!genuine || queue !== row.id)
    throw new ServiceError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  return { id: id.join('|'), receives: Number(receives) };
}
