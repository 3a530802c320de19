import { arnParts } from '../names.ts';
import { callDestination } from './api-destination.ts';
import { forwardToBus } from './bus.ts';
import { invokeFunction } from './lambda.ts';
import { writeToLogs } from './logs.ts';
import type { Sender } from './sender.ts';
import { publishToTopic } from './sns.ts';
import { sendToQueue } from './sqs.ts';

/** How a kind of target is reached: at once, or by a job of its own that may wait. */
export type TargetKind = { readonly kind: string; readonly send: Sender; readonly waits?: true };

/** By the service and the beginning of the resource in the target's ARN. */
const kinds: readonly (TargetKind & { readonly service: string; readonly resource: RegExp })[] = [
  { kind: 'api-destination', service: 'events', resource: /^api-destination\//, send: callDestination, waits: true },
  { kind: 'event-bus', service: 'events', resource: /^event-bus\//, send: forwardToBus },
  { kind: 'lambda', service: 'lambda', resource: /^function:/, send: invokeFunction },
  { kind: 'logs', service: 'logs', resource: /^log-group:/, send: writeToLogs },
  { kind: 'sns', service: 'sns', resource: /^[\w.-]+$/, send: publishToTopic },
  { kind: 'sqs', service: 'sqs', resource: /^[\w.-]+$/, send: sendToQueue },
];

/** How a target is reached; undefined for kinds that are not served. */
export function senderOf(arn: string): TargetKind | undefined {
  const parts = arnParts(arn);
  if (parts === undefined) return undefined;
  return kinds.find(({ service, resource }) => service === parts.service && resource.test(parts.resource));
}
