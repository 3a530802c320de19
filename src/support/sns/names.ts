import { invalid } from './api.ts';

/** Where something of an account lives. */
export type Place = { readonly account: string; readonly region: string };

export type TopicReference = Place & { readonly name: string };
export type SubscriptionReference = { readonly topic: TopicReference; readonly id: string };

export function topicArn({ account, region, name }: TopicReference): string {
  return `arn:aws:sns:${region}:${account}:${name}`;
}

export function subscriptionArn({ topic, id }: SubscriptionReference): string {
  return `${topicArn(topic)}:${id}`;
}

/** FIFO topics are told by their names. */
export function isFifo(name: string): boolean {
  return name.endsWith('.fifo');
}

/**
 * The topic of an ARN.
 *
 * @param member as the refusal names it
 * @param region the ARN's must be it; undefined lets any
 * @throws ServiceError InvalidParameter
 */
export function topicReference(arn: string, region: string | undefined, member = 'TopicArn'): TopicReference {
  const [, , service, arnRegion = '', account = '', name = '', ...more] = partsOf(arn, member);
  const fits = service === 'sns' && /^\d{12}$/.test(account) && namePattern.test(name) && more.length === 0;
  if (!fits || (region !== undefined && arnRegion !== region)) throw invalid(member);
  return { account, region: arnRegion, name };
}

/** The subscription of an ARN. @throws ServiceError InvalidParameter */
export function subscriptionReference(arn: string, region: string | undefined): SubscriptionReference {
  const parts = partsOf(arn, 'SubscriptionArn');
  const [id = '', ...more] = parts.slice(6);
  if (parts.length < 7 || more.length > 0 || !/^[0-9a-f-]{36}$/.test(id)) throw invalid('SubscriptionId');
  return { topic: topicReference(parts.slice(0, 6).join(':'), region, 'SubscriptionArn'), id };
}

function partsOf(arn: string, member: string): readonly string[] {
  const parts = arn.split(':');
  if (parts.length < 6) {
    throw invalid(`${member} Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  }
  return parts;
}

/** Letters, digits, hyphens, underscores; 256 characters with the end of FIFO topics (model, "CreateTopic"). */
const namePattern = /^(?=.{1,256}$)[\w-]+(?:\.fifo)?$/;

export function isTopicName(name: string): boolean {
  return namePattern.test(name);
}

/** Parts of any ARN; undefined for what is none. */
export function arnParts(arn: string): (Place & { readonly service: string; readonly resource: string }) | undefined {
  const [, service, region, account, resource] = /^arn:aws:([^:]*):([^:]*):([^:]*):(.+)$/.exec(arn) ?? [];
  if (service === undefined || region === undefined || account === undefined || resource === undefined)
    return undefined;
  return { service, region, account, resource };
}
