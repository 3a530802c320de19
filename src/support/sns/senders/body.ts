import type { Context } from '#runtime/context.ts';
import { envelope, type Notice, type Sealed } from '../engine/notification.ts';
import { unsubscribeUrl } from '../links.ts';
import { sealed } from '../signing.ts';
import { isRaw } from '../subscription-attributes.ts';
import type { Letter, Line } from './sender.ts';

/** The signatures of a unit of work: all subscribers of a message get the same. */
const signed = new WeakMap<Notice, Promise<Sealed>>();

export function sealedNotice(ctx: Context, { row }: Pick<Line, 'row'>, notice: Notice): Promise<Sealed> {
  let made = signed.get(notice);
  if (made === undefined) {
    made = sealed(ctx, notice, row.attributes['SignatureVersion'] === '2' ? '2' : '1');
    signed.set(notice, made);
  }
  return made;
}

/** What a queue or an HTTP endpoint gets: the document, or the bare message. */
export async function letterBody(ctx: Context, line: Line, letter: Letter): Promise<string> {
  const { notice, attributes, message } = letter;
  if (message !== undefined && isRaw(line.subscription.attributes)) return notice.Message;
  const leave = message === undefined ? undefined : unsubscribeUrl(ctx, line.subscriptionArn);
  return envelope(notice, await sealedNotice(ctx, line, notice), attributes, leave);
}
