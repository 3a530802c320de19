import type { Published, Subscriber } from '#runtime/service.ts';
import { deliver } from './deliver.ts';
import type { Deliveries } from './deliveries.ts';
import { envelopeText } from './engine/envelope.ts';
import { route } from './routing.ts';

/** An event of an AWS service, as `ctx.emit` publishes it. */
type Emitted = {
  readonly id: string;
  readonly time: number;
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Events of AWS services come to the default bus of their account and Region. */
export const takeServiceEvents: Subscriber = async (published, at) => {
  const all: Deliveries[] = [];
  for (const { account, region, body } of published) {
    const deliveries = await route(at(account, region), { account, region, name: 'default' }, [routable(body)]);
    if (deliveries.takers.length > 0) all.push(deliveries);
  }
  await deliver(all, at);
};

function routable(body: Published['body']) {
  const emitted = body as Emitted;
  const text = envelopeText(emitted, { ...emitted, detailText: JSON.stringify(emitted.detail) });
  const event = { id: emitted.id, text, time: emitted.time, arrived: emitted.time, crossings: 0, hops: 0 };
  return { event, value: JSON.parse(text) as Readonly<Record<string, unknown>> };
}
