import { Malformed } from '../formats/malformed.ts';
import { formPairs } from '../formats/query-tree.ts';
import type { WireRequest } from '../message.ts';
import type { OperationModel, ServiceModel } from '../model/shape.ts';
import type { RouteLabels } from '../protocol.ts';
import { s3Address } from './s3-address.ts';
import { pathSegments, type Segment, type UriTemplate, uriTemplate } from './uri-template.ts';

type Head = Omit<WireRequest, 'body'>;
export type RestMatch = { readonly op: OperationModel; readonly labels: RouteLabels };

const tables = new WeakMap<ServiceModel, ReadonlyMap<string, readonly UriTemplate[]>>();

/**
 * The REST operation that a request means; undefined when none fits.
 *
 * Operations that share a path are told apart by query markers first, then by the required query parameters and headers that
 * the request has: `PUT /bucket/key` is PutObject, CopyObject (`x-amz-copy-source`) or UploadPart (`partNumber`, `uploadId`).
 *
 * @throws Malformed when a label or the query is not percent-encoded UTF-8
 */
export function restRoute(service: ServiceModel, request: Head): RestMatch | undefined {
  const templates = tableOf(service).get(request.method);
  if (templates === undefined) return undefined;
  const query = new Map(formPairs(request.query));
  const segments = service.name === 's3' ? s3Segments(request) : pathSegments(request.path);
  let best: UriTemplate | undefined;
  let bestScore = -1;
  for (const template of templates) {
    if (!fitsPath(template, segments)) continue;
    const score = scoreOf(template, query, request);
    if (score > bestScore) [best, bestScore] = [template, score];
  }
  return best === undefined ? undefined : { op: best.op, labels: labelsOf(best, segments) };
}

function tableOf(service: ServiceModel): ReadonlyMap<string, readonly UriTemplate[]> {
  const known = tables.get(service);
  if (known !== undefined) return known;
  const table = Map.groupBy([...service.operations.values()].map(uriTemplate), (t) => t.op.method);
  tables.set(service, table);
  return table;
}

/** S3: bucket and key as two segments wherever the client put the bucket; slashes and dots of keys stay as they are. */
function s3Segments(request: Head): readonly string[] {
  if (request.path === '/WriteGetObjectResponse') return ['WriteGetObjectResponse'];
  const { bucket, key } = s3Address(request.headers['host'] ?? '', request.path);
  if (bucket === undefined) return [];
  return key === undefined ? [bucket] : [bucket, key];
}

function fitsPath(template: UriTemplate, segments: readonly string[]): boolean {
  const wanted = template.segments;
  const extra = segments.length - wanted.length;
  if (template.greedyAt < 0 ? extra !== 0 : extra < 0) return false;
  for (let i = 0; i < wanted.length; i++) {
    const want = wanted[i] as Segment;
    if (want.kind === 'greedy') continue;
    const sent = segments[afterGreedy(template, i) ? i + extra : i];
    if (want.kind === 'literal' ? want.text !== sent : sent === '') return false;
  }
  return true;
}

function afterGreedy(template: UriTemplate, index: number): boolean {
  return template.greedyAt >= 0 && index > template.greedyAt;
}

/** -1: markers missing. Otherwise literals of the path weigh most, then markers, then satisfied requirements. */
function scoreOf(template: UriTemplate, query: ReadonlyMap<string, string>, request: Head): number {
  for (const [name, value] of template.markers) {
    const sent = query.get(name);
    if (sent === undefined || (value !== undefined && sent !== value)) return -1;
  }
  const missing = template.queries.some((q) => !query.has(q)) || template.headers.some((h) => !request.headers[h]);
  const requirements = missing ? 0 : 1 + template.queries.length + template.headers.length;
  const named = query.get('x-id') === template.op.name ? 1 : 0;
  const exact = template.greedyAt < 0 ? 1 : 0;
  return template.literals * 10_000 + exact * 5_000 + template.markers.length * 100 + requirements * 2 + named;
}

function labelsOf(template: UriTemplate, segments: readonly string[]): RouteLabels {
  const labels: Record<string, string> = {};
  const extra = segments.length - template.segments.length;
  template.segments.forEach((want, i) => {
    if (want.kind === 'literal') return;
    const from = afterGreedy(template, i) ? i + extra : i;
    const to = want.kind === 'greedy' ? from + extra + 1 : from + 1;
    labels[want.name] = decode(segments.slice(from, to).join('/'));
  });
  return labels;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Malformed('Invalid percent-encoding in path');
  }
}
