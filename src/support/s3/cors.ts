import type { Context } from '#runtime/context.ts';
import type { AnyOperation } from '#runtime/operation.ts';
import { bucketOf } from './access.ts';
import type { Operation } from './api.ts';
import { changeBucket, onBucket } from './bucket-settings.ts';
import { type CorsRule, corsHeaders, corsRuleFor } from './engine/cors.ts';
import { invalidRequest, refusal, refused } from './errors.ts';
import { buckets } from './records.ts';

const methods = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];

export const PutBucketCors: Operation<'PutBucketCors'> = {
  ...onBucket,
  action: 's3:PutBucketCORS',
  handle: async (input, ctx) => {
    const { CORSRules: rules } = input.CORSConfiguration;
    if (rules.length === 0 || rules.length > 100) throw refusal('MalformedXML');
    const stored = rules.map((rule): CorsRule => {
      const { AllowedMethods: allowed, AllowedOrigins: origins } = rule;
      const unknown = allowed.find((method) => !methods.includes(method));
      if (unknown !== undefined)
        throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`);
      const starry = [...origins, ...(rule.AllowedHeaders ?? [])].find((text) => text.split('*').length > 2);
      if (starry !== undefined) {
        const what = origins.includes(starry) ? 'AllowedOrigin' : 'AllowedHeader';
        throw invalidRequest(`${what} "${starry}" can not have more than one wildcard.`);
      }
      return {
        id: rule.ID,
        origins,
        methods: allowed,
        headers: rule.AllowedHeaders ?? [],
        exposed: rule.ExposeHeaders ?? [],
        maxAge: rule.MaxAgeSeconds,
      };
    });
    return changeBucket(ctx, input, { cors: stored });
  },
};

export const GetBucketCors: Operation<'GetBucketCors'> = {
  ...onBucket,
  action: 's3:GetBucketCORS',
  handle: async (input, ctx) => {
    const { name, cors } = await bucketOf(ctx, input);
    if (cors === undefined) throw refusal('NoSuchCORSConfiguration', { BucketName: name });
    return {
      CORSRules: cors.map((rule) => ({
        ...(rule.id === undefined ? {} : { ID: rule.id }),
        AllowedMethods: [...rule.methods],
        AllowedOrigins: [...rule.origins],
        ...(rule.headers.length === 0 ? {} : { AllowedHeaders: [...rule.headers] }),
        ...(rule.exposed.length === 0 ? {} : { ExposeHeaders: [...rule.exposed] }),
        ...(rule.maxAge === undefined ? {} : { MaxAgeSeconds: rule.maxAge }),
      })),
    };
  },
};

export const DeleteBucketCors: Operation<'DeleteBucketCors'> = {
  ...onBucket,
  action: 's3:PutBucketCORS',
  handle: (input, ctx) => changeBucket(ctx, input, { cors: undefined }),
};

type Asked = { readonly Bucket?: string; readonly Key?: string };

/** `OPTIONS`: a browser asks whether it may ask. Needs no permission; the bucket's rules alone decide. */
export const PreflightObject: AnyOperation = {
  resource: 'none',
  anonymous: true,
  readOnly: true,
  dataEvent: true,
  handle: async (input: never, ctx: Context) => {
    const { Bucket: name = '', Key: key } = input as Asked;
    const headers = ctx.http?.headers ?? {};
    const origin = headers['origin'];
    const method = headers['access-control-request-method'];
    const ResourceType = key === undefined ? 'BUCKET' : 'OBJECT';
    const forbidden = (message: string, type = ResourceType) =>
      refused('AccessForbidden', `CORSResponse: ${message}`, 403, { Method: method ?? 'OPTIONS', ResourceType: type });
    if (origin === undefined) throw refused('BadRequest', 'Insufficient information. Origin request header needed.');
    const bucket = await ctx.records.get(buckets, name);
    if (bucket === undefined) throw forbidden('Bucket not found', 'BUCKET');
    if (bucket.cors === undefined) throw forbidden('CORS is not enabled for this bucket.', 'BUCKET');
    if (method === undefined) throw refused('BadRequest', 'Invalid Access-Control-Request-Method: null');
    const asked = (headers['access-control-request-headers'] ?? '')
      .split(',')
      .map((each) => each.trim().toLowerCase())
      .filter((each) => each !== '');
    const rule = corsRuleFor(bucket.cors, origin, method, asked);
    if (rule === undefined) {
      throw forbidden(
        "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      );
    }
    if (ctx.http !== undefined) Object.assign(ctx.http.answer, corsHeaders(rule, origin, asked));
    return {};
  },
};
