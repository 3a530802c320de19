import { NormalizedSchema } from '@smithy/core/schema';
import type { Pack, PackMember, PackOperation, PackRef, PackShape } from '#wire/model/pack.ts';
import { clean } from './botocore.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Shapes = Record<string, PackShape>;
type OperationSchema = readonly [9, string, string, unknown, unknown, unknown];
type Traits = Readonly<Record<string, unknown>>;

/** What the SDK knew that the model did not. */
export type Joined = { operations: string[]; members: string[]; retyped: string[]; errors: number };

/**
 * Adds to `pack` what the SDK client's schemas have and the model has not: operations, members, shapes, query error codes,
 * sparse lists. Shapes are paired by where they stand, not by name, since the SDK renames some. Left out: events of streams
 * (the two sources write them differently) and `ExpiresString`, which the SDK makes up from a header.
 */
export function joinSdk(pack: Pack, sdk: Readonly<Record<string, unknown>>): Joined {
  const joined: Joined = { operations: [], members: [], retyped: [], errors: 0 };
  const shapes = pack.shapes as Shapes;
  const operations = pack.operations as Record<string, PackOperation>;
  const seen = new Set<string>();
  const ec2 = pack.meta.protocols.includes('ec2');

  const visit = (name: string | undefined, schema: NormalizedSchema): void => {
    if (name === undefined || isUnit(schema)) return;
    const shape = shapes[name];
    if (shape === undefined || seen.has(name)) return;
    seen.add(name);
    if (schema.isStructSchema()) {
      if (shape.m === undefined) return;
      const members = shape.m as Record<string, PackRef>;
      for (const [key, member] of schema.structIterator()) {
        const known = members[key];
        if (known !== undefined) {
          const other = otherKind(shapes[shapeOf(known)], member);
          if (other === undefined) visit(shapeOf(known), member);
          else {
            shapes[other[0]] ??= other[1];
            members[key] = typeof known === 'string' ? other[0] : { ...known, s: other[0] };
            joined.retyped.push(`${name}.${key}`);
          }
        } else if (!key.startsWith('$') && key !== 'ExpiresString' && shape.es !== 1) {
          joined.members.push(`${name}.${key}`);
          members[key] = memberOf(member);
          if (member.getMergedTraits()['httpPayload'] === 1) shapes[name] = { ...shapes[name], pay: key } as PackShape;
          // A new member may stand in the place of one that was required: CreateGrant's GranteeServicePrincipal.
          const required = requiredOf(schema);
          const still = shapes[name]?.r?.filter((each) => required.has(each));
          if (still !== undefined) shapes[name] = { ...shapes[name], r: still } as PackShape;
        }
      }
    } else if (schema.isListSchema() && shape.e !== undefined) {
      if (schema.getMergedTraits()['sparse'] !== undefined) shapes[name] = { ...shape, sparse: 1 };
      visit(shapeOf(shape.e), schema.getValueSchema());
    } else if (schema.isMapSchema() && shape.kv !== undefined) {
      if (schema.getMergedTraits()['sparse'] !== undefined) shapes[name] = { ...shape, sparse: 1 };
      visit(shapeOf(shape.kv[1]), schema.getValueSchema());
    }
  };

  const memberOf = (schema: NormalizedSchema): PackRef => {
    const t = schema.getMergedTraits() as Traits;
    const xml = (t['xmlName'] ?? t['jsonName']) as string | undefined;
    const query = t['ec2QueryName'] as string | undefined;
    const header = (t['httpHeader'] ?? t['httpPrefixHeaders']) as string | undefined;
    const location =
      t['httpLabel'] === 1
        ? 'uri'
        : t['httpHeader'] !== undefined
          ? 'header'
          : t['httpPrefixHeaders'] !== undefined
            ? 'headers'
            : t['httpQuery'] !== undefined || t['httpQueryParams'] !== undefined
              ? 'querystring'
              : t['httpResponseCode'] === 1
                ? 'statusCode'
                : undefined;
    const traits = clean({
      s: nameOf(schema),
      n:
        location === 'uri'
          ? schema.getMemberName()
          : location === undefined
            ? xml
            : (header ?? (t['httpQuery'] as string | undefined) ?? undefined),
      q: ec2 && query !== undefined && query !== capitalised(xml ?? schema.getMemberName()) ? query : undefined,
      l: location,
      flat: t['xmlFlattened'] === 1 ? 1 : undefined,
      attr: t['xmlAttribute'] === 1 ? 1 : undefined,
      tok: t['idempotencyToken'] === 1 ? 1 : undefined,
      sens: t['sensitive'] === 1 && !schema.isStructSchema() ? 1 : undefined,
      tf: schema.isTimestampSchema() ? timestampFormat(schema) : undefined,
      jv: t['mediaType'] === 'application/json' ? 1 : undefined,
      ep: t['eventPayload'] === 1 ? 1 : undefined,
      eh: t['eventHeader'] === 1 ? 1 : undefined,
    }) as PackMember;
    return Object.keys(traits).length === 1 ? traits.s : traits;
  };

  /** The pack name of a schema's shape; the shape is added when the pack lacks it. */
  const nameOf = (schema: NormalizedSchema): string => {
    const simple = simpleShape(schema);
    if (simple !== undefined) {
      shapes[simple[0]] ??= simple[1];
      return simple[0];
    }
    const list = schema.isListSchema();
    // Lists and maps of simple things are anonymous: the name they give is their member's.
    const own = Array.isArray(schema.getSchema()) ? schema.getName() : undefined;
    const name =
      own ?? (list ? `sdk.ListOf${nameOf(schema.getValueSchema())}` : `sdk.MapOf${nameOf(schema.getValueSchema())}`);
    const existing = shapes[name];
    if (existing !== undefined) {
      visit(name, schema);
      return name;
    }
    const t = schema.getMergedTraits() as Traits;
    if (list || schema.isMapSchema()) {
      shapes[name] = { t: list ? 'li' : 'ma' };
      const value = memberOf(schema.getValueSchema());
      shapes[name] = clean({
        t: list ? 'li' : 'ma',
        e: list ? value : undefined,
        kv: list ? undefined : [memberOf(schema.getKeySchema()), value],
        sparse: t['sparse'] === undefined ? undefined : 1,
      }) as PackShape;
      return name;
    }
    seen.add(name);
    const members: Record<string, PackRef> = {};
    const shape: Writable<PackShape> = { t: schema.isUnionSchema() ? 'un' : 'st', m: members };
    shapes[name] = shape;
    for (const [key, member] of schema.structIterator()) {
      members[key] = memberOf(member);
      if (member.getMergedTraits()['httpPayload'] === 1) shape.pay = key;
    }
    const required = (schema.getSchema() as readonly unknown[])[6];
    if (typeof required === 'number' && required > 0) shape.r = Object.keys(members).slice(0, required);
    if (t['error'] !== undefined) shape.x = ['', 0, 0, t['error'] === 'server' ? 1 : 0];
    if (t['streaming'] !== undefined) shape.es = 1;
    return name;
  };

  for (const schema of Object.values(sdk)) {
    if (!Array.isArray(schema) || schema[0] !== 9) continue;
    const [, , name, traits, input, output] = schema as unknown as OperationSchema;
    const [ins, outs] = [NormalizedSchema.of(input as never), NormalizedSchema.of(output as never)];
    const known = operations[name];
    if (known !== undefined) {
      visit(known.i, ins);
      visit(known.o, outs);
      continue;
    }
    joined.operations.push(name);
    const http = (traits as { http?: readonly [string, string, number] } | undefined)?.http ?? ['POST', '/', 200];
    const host = (traits as { endpoint?: readonly [string] } | undefined)?.endpoint?.[0];
    operations[name] = clean({
      h: [http[0], uriOf(http[1], ins)],
      c: http[2] === 200 ? undefined : http[2],
      i: isUnit(ins) ? undefined : nameOf(ins),
      o: isUnit(outs) ? undefined : nameOf(outs),
      w: pack.meta.protocols[0] === 'query' ? `${name}Result` : undefined,
      host,
    }) as PackOperation;
  }

  for (const schema of Object.values(sdk)) {
    if (!Array.isArray(schema) || schema[0] !== -3) continue;
    const error = NormalizedSchema.of(schema as never);
    const name = error.getName();
    if (name === undefined || name.endsWith('ServiceException')) continue;
    const t = error.getMergedTraits() as Traits;
    const found = shapes[name] === undefined ? nameOf(error) : name;
    visit(found, error);
    const shape = shapes[found] as PackShape;
    const query = t['awsQueryError'] as readonly [string, number] | undefined;
    const status = Number(t['httpError'] ?? 0);
    const old = shape.x ?? ['', 0, 0, 0];
    joined.errors += 1;
    shapes[found] = {
      ...shape,
      x: [
        query?.[0] ?? old[0],
        status || (query === undefined ? old[1] : 0),
        query?.[1] ?? old[2],
        t['error'] === 'server' ? 1 : old[3],
      ],
    };
  }
  return joined;
}

/**
 * The SDK's shape where it has made another kind of a member than the model, for example text of S3's part number markers:
 * values inside the product have the SDK's types.
 */
function otherKind(shape: PackShape | undefined, schema: NormalizedSchema): readonly [string, PackShape] | undefined {
  const simple = simpleShape(schema);
  if (shape === undefined || simple === undefined || shape.es === 1) return undefined;
  const same = familyOf(shape.t) === familyOf(simple[1].t);
  return same ? undefined : simple;
}

function familyOf(kind: PackShape['t']): string {
  return 'ilfdn'.includes(kind) ? 'number' : kind;
}

/** S3's client puts the bucket into the host by its endpoint rules; in the template it comes first. */
function uriOf(uri: string, input: NormalizedSchema): string {
  const plain = uri.replace(/[?&]x-id=\w+/, '');
  const bucket = input.isStructSchema() && input.getMemberSchemas()['Bucket']?.getMergedTraits()['httpLabel'] === 1;
  return bucket && !plain.includes('{Bucket}') ? `/{Bucket}${plain.replace(/^\/(?=$|\?)/, '')}` : plain;
}

/** Simple schemas become shapes of their own, named after their kind. */
function simpleShape(schema: NormalizedSchema): readonly [string, PackShape] | undefined {
  if (schema.isDocumentSchema()) return ['sdk.Document', { t: 'do' }];
  if (schema.isStringSchema()) return ['sdk.String', { t: 's' }];
  if (schema.isBooleanSchema()) return ['sdk.Boolean', { t: 'b' }];
  if (schema.isTimestampSchema()) return ['sdk.Timestamp', { t: 't' }];
  if (schema.isStreaming() && schema.isBlobSchema()) return ['sdk.Stream', { t: 'bl', str: 1 }];
  if (schema.isBlobSchema()) return ['sdk.Blob', { t: 'bl' }];
  if (schema.isNumericSchema()) return ['sdk.Number', { t: 'n' }];
  if (schema.isBigIntegerSchema()) return ['sdk.Long', { t: 'l' }];
  return undefined;
}

function timestampFormat(schema: NormalizedSchema): PackMember['tf'] {
  const code = schema.getSchema();
  return code === 5 ? 'iso8601' : code === 6 ? 'rfc822' : code === 7 ? 'unixTimestamp' : undefined;
}

function isUnit(schema: NormalizedSchema): boolean {
  return schema.isUnitSchema();
}

/** Members that a client must give: they come first in the SDK's schema, which says how many they are. */
function requiredOf(schema: NormalizedSchema): ReadonlySet<string> {
  const [, , , , names, , count] = schema.getSchema() as readonly unknown[];
  return new Set((names as readonly string[]).slice(0, typeof count === 'number' ? count : 0));
}

function shapeOf(ref: PackRef): string {
  return typeof ref === 'string' ? ref : ref.s;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
