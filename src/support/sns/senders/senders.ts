import type { Protocol } from '../records.ts';
import { postToEndpoint } from './http.ts';
import { invokeFunction } from './lambda.ts';
import { sendByMail } from './mail.ts';
import type { Sender } from './sender.ts';
import { sendToQueue } from './sqs.ts';

/** How a protocol is served. `waits`: each letter is a job beside those of the house. */
export type SenderKind = { readonly send: Sender; readonly waits: boolean };

export const senders: Readonly<Record<Protocol, SenderKind>> = {
  email: { send: sendByMail, waits: true },
  'email-json': { send: sendByMail, waits: true },
  http: { send: postToEndpoint, waits: true },
  https: { send: postToEndpoint, waits: true },
  lambda: { send: invokeFunction, waits: false },
  sqs: { send: sendToQueue, waits: false },
};
