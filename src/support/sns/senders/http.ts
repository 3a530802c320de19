import type { Context } from '#runtime/context.ts';
import { type OutboundAnswer, OutboundError } from '#runtime/outbound.ts';
import { slot } from '#runtime/slot.ts';
import type { Failure } from '../../target-failure.ts';
import { effectivePolicy } from '../engine/delivery-policy.ts';
import { isRaw, subscriptionDelivery } from '../subscription-attributes.ts';
import { topicDelivery } from '../topic-attributes.ts';
import { letterBody } from './body.ts';
import type { Letter, Line, Outcome, Sender } from './sender.ts';

/** An endpoint must answer within 15 seconds (developer guide, "HTTP/HTTPS endpoints"). */
const timeoutMs = 15_000;
/** What an endpoint answers is of no use; one that answers without end is none. */
const maxAnswer = 1024 * 1024;
/** Posts at once to one host: a host that hangs holds up its own subscribers alone. */
const maxPerHost = 8;
/** A post that found its host busy looks again after this time. */
const busyMs = 1_000;

/** Posts on their way, by host, and posts of the second, by subscription. */
const traffic = slot(() => ({ hosts: new Map<string, number>(), rates: new Map<string, Rate>() }));
type Rate = { readonly second: number; readonly posts: number };

/** Posts letters to an endpoint, one by one. */
export const postToEndpoint: Sender = async (ctx, line, letters) => {
  const outcomes: Outcome[] = [];
  for (const letter of letters) outcomes.push(await post(ctx, line, letter));
  return outcomes;
};

async function post(ctx: Context, line: Line, letter: Letter): Promise<Outcome> {
  const { endpoint, attributes, id } = line.subscription;
  const { contentType, throttle } = effectivePolicy(topicDelivery(line.row), subscriptionDelivery(attributes));
  const { hosts, rates } = ctx.local(traffic);
  const host = URL.parse(endpoint)?.host ?? endpoint;
  const underWay = hosts.get(host) ?? 0;
  if (underWay >= maxPerHost) return untried(busyMs);
  if (throttle !== undefined && !isWithin(rates, id, throttle.maxReceivesPerSecond, ctx.now)) {
    return untried(1_000 - (ctx.now % 1_000));
  }
  hosts.set(host, underWay + 1);
  try {
    const body = await letterBody(ctx, line, letter);
    const url = withoutCredentials(endpoint);
    const answer = await ctx.fetch({
      url: url.url,
      method: 'POST',
      headers: { ...headersFor(line, letter, contentType), ...url.headers },
      body,
      timeoutMs,
      maxBytes: maxAnswer,
    });
    return outcomeOf(answer);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { code: 'ERROR_FROM_TARGET', message: error.message, retry: true };
  } finally {
    const left = (hosts.get(host) ?? 1) - 1;
    if (left === 0) hosts.delete(host);
    else hosts.set(host, left);
  }
}

function untried(afterMs: number): Failure {
  return { code: 'THROTTLING', message: 'the endpoint is busy', retry: true, afterMs, untried: true };
}

function isWithin(rates: Map<string, Rate>, id: string, most: number, now: number): boolean {
  const second = Math.floor(now / 1_000);
  const held = rates.get(id);
  const posts = held?.second === second ? held.posts : 0;
  if (posts >= most) return false;
  if (rates.size > 10_000) rates.clear();
  rates.set(id, { second, posts: posts + 1 });
  return true;
}

function headersFor(line: Line, { notice, message }: Letter, contentType: string): Record<string, string> {
  const raw = message !== undefined && isRaw(line.subscription.attributes);
  return {
    'x-amz-sns-message-type': notice.Type,
    'x-amz-sns-message-id': notice.MessageId,
    'x-amz-sns-topic-arn': notice.TopicArn,
    ...(message === undefined ? {} : { 'x-amz-sns-subscription-arn': line.subscriptionArn }),
    ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    'content-type': message === undefined ? 'text/plain; charset=UTF-8' : contentType,
    'user-agent': 'Amazon Simple Notification Service Agent',
    'accept-encoding': 'gzip,deflate',
  };
}

/** A name and password in the URL are sent as basic authentication. */
function withoutCredentials(endpoint: string): { url: string; headers: Record<string, string> } {
  const url = new URL(endpoint);
  if (url.username === '' && url.password === '') return { url: endpoint, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/** Answers of 5xx, 1xx and 429 are tried again, others are final (developer guide, "Message delivery retries"). */
function outcomeOf({ status, body }: OutboundAnswer): Outcome {
  const providerResponse = Buffer.from(body).toString().slice(0, 1_024);
  if (status >= 200 && status < 300) return { statusCode: status, providerResponse };
  const retry = status >= 500 || status === 429 || status < 200;
  return { code: retry ? 'ERROR_FROM_TARGET' : 'SDK_CLIENT_ERROR', message: `HTTP ${status}`, retry };
}
