import { randomUUID } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { unsubscribeUrl } from '../links.ts';
import { mailRelay } from '../mail-relay.ts';
import { topicArn } from '../names.ts';
import { SmtpError, sendMail } from '../smtp/client.ts';
import { mailText } from '../smtp/mail.ts';
import { letterBody } from './body.ts';
import type { Letter, Line, Outcome, Sender } from './sender.ts';

/** Gives letters to the mail relay, one by one. */
export const sendByMail: Sender = async (ctx, line, letters) => {
  const outcomes: Outcome[] = [];
  for (const letter of letters) outcomes.push(await send(ctx, line, letter));
  return outcomes;
};

async function send(ctx: Context, line: Line, letter: Letter): Promise<Outcome> {
  const { url, password, from } = ctx.local(mailRelay);
  if (url === undefined) {
    return { code: 'NO_RESOURCE', message: 'no mail relay is configured here (--smtp-url)', retry: true };
  }
  const { endpoint: to } = line.subscription;
  const name = line.row.attributes['DisplayName'] ?? '';
  const text = mailText({
    from: { address: from, name: name === '' ? 'AWS Notifications' : name },
    to,
    subject: subjectOf(letter),
    body: await bodyFor(ctx, line, letter),
    id: `${randomUUID()}@${from.split('@')[1] ?? 'localhost'}`,
    time: ctx.now,
  });
  try {
    const answer = await sendMail(url, { from, to, text, password });
    return { statusCode: 250, providerResponse: answer };
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error;
    const code = error.permanent ? 'SDK_CLIENT_ERROR' : 'ERROR_FROM_TARGET';
    return { code, message: error.message, retry: !error.permanent };
  }
}

function subjectOf({ notice }: Letter): string {
  if (notice.Type === 'Notification') return notice.Subject ?? 'AWS Notification Message';
  return notice.Type === 'SubscriptionConfirmation'
    ? 'AWS Notification - Subscription Confirmation'
    : 'AWS Notification - Unsubscribe Confirmation';
}

async function bodyFor(ctx: Context, line: Line, letter: Letter): Promise<string> {
  if (line.subscription.protocol === 'email-json') return letterBody(ctx, line, letter);
  const { notice } = letter;
  if (letter.message === undefined) return `${notice.Message}\n\n${notice.SubscribeURL ?? ''}\n`;
  const leave = unsubscribeUrl(ctx, line.subscriptionArn);
  return `${notice.Message}\n\n--\nTo stop receiving notifications of ${topicArn(line.topic)}, visit:\n${leave}\n`;
}
