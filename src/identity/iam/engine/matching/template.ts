import { ANY, type Glob, type GlobToken, globOf, matchesGlob, ONE, tokensOf } from './glob.ts';

/**
 * Text with policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and `${*}`, `${?}`, `${$}` for the
 * characters themselves (IAM user guide, "Policy elements: Variables and tags").
 *
 * A variable's value is always literal: a user named `*` gains nothing. A variable that cannot be resolved (absent, or with
 * more than one value) makes the whole text match nothing.
 */
export type Variable = { readonly name: string; readonly fallback: string | undefined };
export type TemplateToken = GlobToken | Variable;
export type Template = { readonly source: string; readonly tokens: readonly TemplateToken[]; readonly fixed: boolean };

/** Looks a variable up; undefined when the request has no single value for it. */
export type Resolver = (name: string) => string | undefined;

/**
 * @param wildcards whether `*` and `?` outside of variables are wildcards
 * @param variables false for documents of 2008-10-17, where `${…}` is plain text
 */
export function templateOf(source: string, options: { wildcards: boolean; variables: boolean }): Template {
  const tokens: TemplateToken[] = [];
  const plain = (text: string) => {
    if (text === '') return;
    if (!options.wildcards) tokens.push(text);
    else for (const token of tokensOf(text)) tokens.push(token);
  };
  let from = 0;
  // Where the last fallback could end: looking for it from each variable anew would be quadratic.
  const lastQuote = source.lastIndexOf("'}");
  while (options.variables) {
    const start = source.indexOf('${', from);
    const variable = start === -1 ? undefined : variableAt(source, start, lastQuote);
    if (variable === undefined) break;
    plain(source.slice(from, start));
    tokens.push(variable.token);
    from = variable.end;
  }
  plain(source.slice(from));
  return { source, tokens, fixed: tokens.every((token) => typeof token !== 'object') };
}

/** Reads `${name}` or `${name, 'fallback'}`. Undefined when it never closes: then it is plain text. */
function variableAt(
  source: string,
  start: number,
  lastQuote: number,
): { token: TemplateToken; end: number } | undefined {
  const brace = source.indexOf('}', start);
  if (brace === -1) return undefined;
  const inside = source.slice(start, brace).indexOf(',');
  if (inside !== -1) {
    const comma = start + inside;
    let open = comma + 1;
    while (source[open] === ' ') open++;
    const close = source[open] === "'" && open < lastQuote ? source.indexOf("'}", open + 1) : -1;
    if (close !== -1) {
      const name = source.slice(start + 2, comma).trim();
      return { token: { name, fallback: source.slice(open + 1, close) }, end: close + 2 };
    }
  }
  const name = source.slice(start + 2, brace);
  const end = brace + 1;
  if (name === '*' || name === '?' || name === '$') return { token: name, end };
  return { token: { name: name.trim(), fallback: undefined }, end };
}

/** Wildcards stay wildcards, variables become literal text. Undefined when one has no value. */
export function resolveTokens(tokens: readonly TemplateToken[], resolve: Resolver): readonly GlobToken[] | undefined {
  const resolved: GlobToken[] = [];
  for (const token of tokens) {
    if (typeof token !== 'object') resolved.push(token);
    else {
      const value = resolve(token.name) ?? token.fallback;
      if (value === undefined) return undefined;
      resolved.push(value);
    }
  }
  return resolved;
}

/** Literal text of a template without wildcards. Undefined when a variable has no value. */
export function textOf(template: Template, resolve: Resolver): string | undefined {
  let text = '';
  for (const token of template.tokens) {
    if (typeof token === 'string') text += token;
    else if (token === ANY) text += '*';
    else if (token === ONE) text += '?';
    else if (typeof token === 'object') {
      const value = resolve(token.name) ?? token.fallback;
      if (value === undefined) return undefined;
      text += value;
    }
  }
  return text;
}

/** Matches text against tokens with variables; a fixed list is compiled once. */
export function tokenMatcher(tokens: readonly TemplateToken[]): (text: string, resolve: Resolver) => boolean {
  if (tokens.every((token) => typeof token !== 'object')) {
    const glob: Glob = globOf(tokens as readonly GlobToken[]);
    return (text) => matchesGlob(glob, text);
  }
  return (text, resolve) => {
    const resolved = resolveTokens(tokens, resolve);
    return resolved !== undefined && matchesGlob(globOf(resolved), text);
  };
}
