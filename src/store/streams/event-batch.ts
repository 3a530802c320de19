import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Seal } from '../seal.ts';
import { type OutboxEvent, TamperedError } from '../store.ts';

/** Characters of JSON in one message, so that it fits into NATS's 1 MiB even when nothing compresses. */
const maxBatch = 512 * 1024;

/** One message: events of one topic, compressed and sealed, since whoever runs the stream is not who may read. */
export type EventMessage = { readonly topic: string; readonly data: Uint8Array };

const contextOf = (topic: string) => `stream|${topic}`;

/** Packs events into messages: in order within a topic, each message of one topic. */
export function packEvents(seal: Seal, events: readonly OutboxEvent[]): readonly EventMessage[] {
  const open = new Map<string, { size: number; readonly parts: string[] }>();
  const messages: EventMessage[] = [];
  const finish = (topic: string) => {
    const batch = open.get(topic);
    if (batch === undefined) return;
    open.delete(topic);
    const data = seal.seal(deflateRawSync(`[${batch.parts.join(',')}]`, { level: 1 }), contextOf(topic));
    messages.push({ topic, data });
  };
  for (const { topic, account, region, body } of events) {
    const part = JSON.stringify({ account, region, body });
    if ((open.get(topic)?.size ?? 0) + part.length > maxBatch) finish(topic);
    const batch = open.get(topic) ?? { size: 0, parts: [] };
    batch.size += part.length;
    batch.parts.push(part);
    open.set(topic, batch);
  }
  for (const topic of [...open.keys()]) finish(topic);
  return messages;
}

/** @throws TamperedError for what this installation did not pack */
export function unpackEvents(seal: Seal, topic: string, data: Uint8Array): readonly OutboxEvent[] {
  let opened: Uint8Array;
  try {
    opened = seal.open(data, contextOf(topic));
  } catch (cause) {
    throw new TamperedError(`a message of the stream \`${topic}\`: ${cause instanceof Error ? cause.message : ''}`);
  }
  const events = JSON.parse(inflateRawSync(opened).toString()) as Omit<OutboxEvent, 'topic'>[];
  return events.map((event) => ({ topic, ...event }));
}
