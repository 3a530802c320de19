import type { Context } from '#runtime/context.ts';
import { invalid, refused } from './api.ts';
import { mailRelay } from './mail-relay.ts';
import { arnParts, isFifo } from './names.ts';
import type { Protocol } from './records.ts';

const protocols: readonly string[] = ['email', 'email-json', 'http', 'https', 'lambda', 'sqs'] satisfies Protocol[];
/** AWS's other protocols, and why they are refused. */
const unserved: ReadonlyMap<string, string> = new Map([
  ['sms', 'text messages are not supported'],
  ['application', 'mobile push is not supported'],
  ['firehose', 'Firehose is not supported'],
]);

/** A URL, with room for what AWS takes. */
const maxUrl = 2_048;
const mailAddress = /^[^\s@<>()",;:\\[\]\p{Cc}]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/u;

/** @throws ServiceError InvalidParameter for a protocol that is unknown or not served */
export function protocolOf(text: string): Protocol {
  const reason = unserved.get(text);
  if (reason !== undefined) throw invalid(`Protocol Reason: ${reason}`);
  if (!protocols.includes(text)) throw invalid(`Amazon SNS does not support this protocol string: ${text}`);
  return text as Protocol;
}

/** Checks an endpoint for a topic. @throws ServiceError InvalidParameter */
export function checkEndpoint(ctx: Context, topic: string, protocol: Protocol, endpoint: string): void {
  if (isFifo(topic) && protocol !== 'sqs') {
    throw invalid('Invalid parameter: Endpoint Reason: FIFO topics can deliver to SQS queues only');
  }
  switch (protocol) {
    case 'sqs': {
      const parts = arnParts(endpoint);
      if (
        parts?.service !== 'sqs' ||
        !/^\d{12}$/.test(parts.account) ||
        !/^[\w-]{1,80}(?:\.fifo)?$/.test(parts.resource)
      )
        throw invalid('SQS endpoint ARN');
      if (isFifo(parts.resource) && !isFifo(topic)) {
        throw invalid(
          'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
        );
      }
      return;
    }
    case 'lambda': {
      const parts = arnParts(endpoint);
      if (
        parts?.service !== 'lambda' ||
        !/^\d{12}$/.test(parts.account) ||
        !/^function:[\w:$-]{1,200}$/.test(parts.resource)
      )
        throw invalid('Lambda endpoint ARN');
      return;
    }
    case 'http':
    case 'https':
      checkUrl(protocol, endpoint);
      return;
    default:
      if (!mailAddress.test(endpoint)) throw invalid('Email address');
      if (ctx.local(mailRelay).url === undefined) {
        throw refused('Invalid parameter: Protocol Reason: no mail relay is configured here (--smtp-url)');
      }
  }
}

function checkUrl(protocol: 'http' | 'https', endpoint: string): void {
  if (!endpoint.startsWith(`${protocol}://`)) throw invalid('Endpoint must match the specified protocol');
  const url = endpoint.length > maxUrl ? null : URL.parse(endpoint);
  if (url === null || url.hostname === '' || /[\s\p{Cc}]/u.test(endpoint)) throw invalid('Unreachable Endpoint');
  // A server's own routes are for its operators: no message may knock at them, under whatever name the server goes.
  if (url.pathname.startsWith('/_ringwall/')) {
    throw invalid('Unreachable Endpoint');
  }
}

/** Account of a queue or function; undefined for endpoints that have none. */
export function endpointAccount(protocol: Protocol, endpoint: string): string | undefined {
  return protocol === 'sqs' || protocol === 'lambda' ? arnParts(endpoint)?.account : undefined;
}
