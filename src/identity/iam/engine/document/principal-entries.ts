import { type JsonNode, type JsonScalar, readJson } from './json-reader.ts';

/**
 * A document with other words for some of its `AWS` principals, all else untouched to the letter.
 *
 * @param rename the new words for a principal; undefined where it stays
 */
export async function rewritePrincipals(
  text: string,
  rename: (principal: string) => Promise<string | undefined>,
): Promise<string> {
  let rewritten = '';
  let at = 0;
  for (const entry of principalEntries(readJson(text))) {
    const renamed = await rename(entry.text);
    if (renamed === undefined) continue;
    rewritten += text.slice(at, entry.start) + JSON.stringify(renamed);
    at = entry.end;
  }
  return rewritten + text.slice(at);
}

/** The strings of `Statement[].Principal.AWS` and `NotPrincipal.AWS`, in the order of the text. */
function principalEntries(root: JsonNode | undefined): readonly JsonScalar[] {
  return listed(memberOf(root, 'Statement')).flatMap((statement) =>
    listed(memberOf(statement, 'Principal') ?? memberOf(statement, 'NotPrincipal')).flatMap((principal) =>
      listed(memberOf(principal, 'AWS')).flatMap((entry) => (entry.type === 'string' ? [entry] : [])),
    ),
  );
}

function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.type === 'object' ? node.members.get(name) : undefined;
}

function listed(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  return node.type === 'array' ? node.items : [node];
}
