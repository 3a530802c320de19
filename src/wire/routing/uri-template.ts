import type { OperationModel } from '../model/shape.ts';

export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'label' | 'greedy'; readonly name: string };

/** Where a REST operation listens: path, query markers, and what else its input requires. */
export type UriTemplate = {
  readonly op: OperationModel;
  readonly segments: readonly Segment[];
  /** Where the `{Name+}` stands, which takes one segment or more; -1 when there is none. */
  readonly greedyAt: number;
  readonly literals: number;
  /** `?acl`, `?list-type=2`: a value of undefined means that any will do. */
  readonly markers: readonly (readonly [string, string | undefined])[];
  /** Required members bound to the query or to headers: they tell operations on the same path apart. */
  readonly queries: readonly string[];
  readonly headers: readonly string[];
};

/** @example uriTemplate(op) // '/{Bucket}/{Key+}?acl' → two segments, marker acl */
export function uriTemplate(op: OperationModel): UriTemplate {
  const [path = '/', query = ''] = op.uri.split('?');
  const segments = pathSegments(path).map(segment);
  const required = op.input?.members.filter((m) => m.required && m.locationName !== undefined) ?? [];
  return {
    op,
    segments,
    greedyAt: segments.findIndex((s) => s.kind === 'greedy'),
    literals: segments.filter((s) => s.kind === 'literal').length,
    markers: query === '' ? [] : query.split('&').map(marker),
    queries: required.filter((m) => m.location === 'querystring').map((m) => m.locationName as string),
    headers: required.filter((m) => m.location === 'header').map((m) => (m.locationName as string).toLowerCase()),
  };
}

/** Segments of a path; one slash at the end does not count. */
export function pathSegments(path: string): string[] {
  const parts = path.split('/');
  parts.shift();
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

function segment(text: string): Segment {
  if (!text.startsWith('{')) return { kind: 'literal', text };
  const name = text.slice(1, -1);
  return name.endsWith('+') ? { kind: 'greedy', name: name.slice(0, -1) } : { kind: 'label', name };
}

function marker(text: string): readonly [string, string | undefined] {
  const eq = text.indexOf('=');
  return eq < 0 ? [text, undefined] : [text.slice(0, eq), text.slice(eq + 1)];
}
