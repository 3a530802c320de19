import type { CallOptions, Context } from '#runtime/context.ts';
import { type Failure, failureFrom } from '../../target-failure.ts';
import type { Target } from '../api.ts';
import type { RoutedEvent } from '../deliveries.ts';
import { arnParts, type BusReference } from '../names.ts';
import type { RuleRow } from '../records.ts';

/** One event for one target. */
export type Parcel = {
  readonly event: RoutedEvent;
  /** What the target gets: the event, or what its settings make of it. */
  readonly text: string;
};

/** From where to where: the bus's account is the one that sends. */
export type Line = { readonly bus: BusReference; readonly rule: RuleRow; readonly target: Target };

/** Hands parcels to a target; the failures by their indexes. Throws nothing that a target does. */
export type Sender = (ctx: Context, line: Line, parcels: readonly Parcel[]) => Promise<ReadonlyMap<number, Failure>>;

/** On whose behalf a target is called: the role that it names, or this service for the rule. */
export function callOptions({ bus, rule, target }: Line): CallOptions {
  const parts = arnParts(target.Arn);
  const role = target.RoleArn ?? rule.roleArn;
  return {
    as: role === undefined ? 'service' : { role, session: sessionName(rule.name) },
    source: { arn: rule.arn, account: bus.account },
    ...(parts === undefined ? {} : { account: parts.account, region: parts.region }),
  };
}

function sessionName(rule: string): string {
  return rule.replace(/[^\w+=,.@-]/g, '-').padEnd(2, '-');
}

/** Runs a call for some parcels; when it is refused, or fails, all of them failed alike. */
export async function attempt(
  parcels: readonly Parcel[],
  call: () => Promise<ReadonlyMap<number, Failure>>,
): Promise<ReadonlyMap<number, Failure>> {
  try {
    return await call();
  } catch (error) {
    const failure = failureFrom(error);
    return new Map(parcels.map((_, index) => [index, failure]));
  }
}

/** Parts of at most `most` parcels and `maxBytes` of text each; a parcel larger than that is a part of its own. */
export function parted(
  parcels: readonly Parcel[],
  most: number,
  maxBytes: number,
): readonly { readonly from: number; readonly parcels: readonly Parcel[] }[] {
  const parts: { from: number; parcels: Parcel[] }[] = [];
  let bytes = 0;
  for (const [index, parcel] of parcels.entries()) {
    const size = Buffer.byteLength(parcel.text);
    const part = parts.at(-1);
    if (part === undefined || part.parcels.length >= most || bytes + size > maxBytes) {
      parts.push({ from: index, parcels: [parcel] });
      bytes = size;
    } else {
      part.parcels.push(parcel);
      bytes += size;
    }
  }
  return parts;
}
