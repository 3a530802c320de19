import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import { readPattern } from './engine/pattern.ts';
import { compileIndex, type Patterned, type RuleIndex } from './engine/rule-index.ts';
import { type BusReference, busArn } from './names.ts';
import { archives, ruleSets, rules } from './records.ts';

/** What takes an event: a rule, or an archive. */
export type Taker = { readonly kind: 'rule' | 'archive'; readonly name: string };

type Compiled = { readonly revision: string; readonly index: RuleIndex<Taker> };

/** Buses whose compiled patterns are kept at once. */
const maxKept = 1_000;
const kept = slot(() => new Map<string, Compiled>());
const none: RuleIndex<Taker> = () => [];

/** The patterns on a bus, compiled once for each revision. */
export async function takersOn(ctx: Context, bus: BusReference): Promise<RuleIndex<Taker>> {
  const records = ctx.records.at(bus);
  const set = await records.get(ruleSets, bus.name);
  if (set === undefined) return none;
  const compiled = ctx.local(kept);
  const arn = busArn(bus);
  const known = compiled.get(arn);
  if (known?.revision === set.revision) return known.index;
  const found: Patterned<Taker>[] = [];
  let after: string | undefined;
  do {
    const page = await records.list(rules, { prefix: `${bus.name}|`, ...(after === undefined ? {} : { after }) });
    for (const { value } of page) {
      if (value.state !== 'DISABLED') add(found, value.pattern, { kind: 'rule', name: value.name });
    }
    after = page.at(-1)?.id;
  } while (after !== undefined);
  for (const { value } of await records.listIndex(archives, 'by-bus', { equals: bus.name })) {
    add(found, value.pattern ?? everything, { kind: 'archive', name: value.name });
  }
  const index = compileIndex(found);
  if (compiled.size >= maxKept) compiled.clear();
  compiled.set(arn, { revision: set.revision, index });
  return index;
}

/** An archive without a pattern takes every event. */
const everything = '{"version":["0"]}';

function add(found: Patterned<Taker>[], text: string | undefined, item: Taker): void {
  const reading = text === undefined ? undefined : readPattern(text);
  if (reading?.ok === true) found.push({ pattern: reading.pattern, item });
}

/** Says that the patterns on a bus are others now. */
export async function patternsChanged(ctx: Context, bus: BusReference): Promise<void> {
  const records = ctx.records.at(bus);
  await records.get(ruleSets, bus.name);
  records.put(ruleSets, bus.name, { revision: ctx.uuid() });
}
