import { ServiceError } from '#wire/service-error.ts';
import { parameterResource, parameterResources } from './access.ts';
import type { Operation } from './api.ts';
import { parseReference } from './engine/names.ts';
import { present, select } from './read.ts';
import { presentSecret, secretReference } from './secret-reference.ts';

export const GetParameter: Operation<'GetParameter'> = {
  resource: ({ Name }, ctx) => parameterResource(Name, ctx),
  handle: async ({ Name, WithDecryption }, ctx) => {
    const secret = secretReference(Name);
    if (secret !== undefined) return { Parameter: await presentSecret(ctx, secret, WithDecryption) };
    return { Parameter: await present(ctx, await select(ctx, parseReference(Name)), WithDecryption) };
  },
};

export const GetParameters: Operation<'GetParameters'> = {
  resource: ({ Names }, ctx) => parameterResources(Names, ctx),
  handle: async ({ Names, WithDecryption }, ctx) => {
    const found: Awaited<ReturnType<typeof present>>[] = [];
    const invalid: string[] = [];
    // What is asked for twice is answered once.
    for (const name of new Set(Names)) {
      try {
        const secret = secretReference(name);
        found.push(
          secret === undefined
            ? await present(ctx, await select(ctx, parseReference(name)), WithDecryption)
            : await presentSecret(ctx, secret, WithDecryption),
        );
      } catch (error) {
        if (!(error instanceof ServiceError) || !/^Parameter(Version)?NotFound$/.test(error.code)) throw error;
        invalid.push(name);
      }
    }
    found.sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : a.Version - b.Version));
    return { Parameters: found, InvalidParameters: invalid };
  },
};
