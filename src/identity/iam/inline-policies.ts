import { ServiceError } from '#wire/service-error.ts';
import { checkInlineDocument, encodeDocument } from './documents.ts';
import { type PageEnd, type PageInput, pageOfList } from './page.ts';
import type { PolicyHolder } from './records.ts';

/** Who holds inline policies, as the texts name it. */
export type HolderKind = 'user' | 'group' | 'role';

/** @throws ServiceError MalformedPolicyDocument, LimitExceeded */
export function putInline<H extends PolicyHolder>(
  kind: HolderKind,
  entity: string,
  holder: H,
  name: string,
  document: string,
): H {
  checkInlineDocument(kind, entity, holder.inlinePolicies, name, document);
  return { ...holder, inlinePolicies: { ...holder.inlinePolicies, [name]: document } };
}

/** The document as answers carry it. @throws ServiceError NoSuchEntity */
export function inlineDocument(kind: HolderKind, holder: PolicyHolder, name: string): string {
  requireInline(kind, holder, name);
  return encodeDocument(holder.inlinePolicies[name] ?? '');
}

/** @throws ServiceError NoSuchEntity */
export function removeInline<H extends PolicyHolder>(kind: HolderKind, holder: H, name: string): H {
  requireInline(kind, holder, name);
  const rest = Object.entries(holder.inlinePolicies).filter(([other]) => other !== name);
  return { ...holder, inlinePolicies: Object.fromEntries(rest) };
}

export function inlinePage(holder: PolicyHolder, input: PageInput): PageEnd & { PolicyNames: string[] } {
  const { rows, end } = pageOfList(Object.keys(holder.inlinePolicies).sort(), input, (name) => name);
  return { PolicyNames: [...rows], ...end };
}

/** Every inline policy with its document, as the account's authorisation details show them. */
export function inlineList(holder: PolicyHolder): { PolicyName: string; PolicyDocument: string }[] {
  return Object.entries(holder.inlinePolicies).map(([PolicyName, text]) => ({
    PolicyName,
    PolicyDocument: encodeDocument(text),
  }));
}

function requireInline(kind: HolderKind, holder: PolicyHolder, name: string): void {
  // `hasOwn`: a policy may be called `constructor`.
  if (Object.hasOwn(holder.inlinePolicies, name)) return;
  throw new ServiceError('NoSuchEntityException', `The ${kind} policy with name ${name} cannot be found.`);
}
