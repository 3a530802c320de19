import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import { attributesMatch, bodyMatches } from './engine/filter/match.ts';
import { type FilterPolicy, readFilterPolicy } from './engine/filter/policy.ts';
import type { Letters } from './letters.ts';
import { type Message, textFor } from './message.ts';
import { filterValues } from './message-attributes.ts';
import type { SubscriptionRow } from './records.ts';
import { filterScope } from './subscription-attributes.ts';

const maxCompiled = 10_000;

/** Compiled policies, by scope and text. */
const compiled = slot(() => new Map<string, FilterPolicy>());

/** Whether a subscription's filter policy lets a message through. */
export function isWanted(
  ctx: Context,
  { attributes, protocol }: SubscriptionRow,
  letters: Letters,
  message: Message,
): boolean {
  const text = attributes['FilterPolicy'];
  if (text === undefined) return true;
  const scope = filterScope(attributes);
  const known = ctx.local(compiled);
  let policy = known.get(`${scope}|${text}`);
  if (policy === undefined) {
    const reading = readFilterPolicy(text, scope);
    // It was checked when it was set.
    if (!reading.ok) return false;
    policy = reading.policy;
    if (known.size >= maxCompiled) known.clear();
    known.set(`${scope}|${text}`, policy);
  }
  const content = letters.content(message);
  if (scope === 'MessageBody') return bodyMatches(policy, textFor(content, protocol));
  return attributesMatch(policy, filterValues(content.attributes));
}
