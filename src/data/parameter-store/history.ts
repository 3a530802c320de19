import { parameterResource, placeOf } from './access.ts';
import type { Operation } from './api.ts';
import { metadata } from './describe.ts';
import { labelsOf } from './engine/labels.ts';
import { parseReference } from './engine/names.ts';
import { placeIn, tokenOf } from './page.ts';
import { readValue, select } from './read.ts';
import { versions } from './records.ts';

const defaultPage = 50;

export const GetParameterHistory: Operation<'GetParameterHistory'> = {
  resource: ({ Name }, ctx) => parameterResource(Name, ctx),
  handle: async ({ Name, WithDecryption, MaxResults: limit = defaultPage, NextToken }, ctx) => {
    const reference = parseReference(Name);
    const { row, arn } = await select(ctx, { ...reference, selector: undefined });
    const after = placeIn(NextToken);
    const old = await placeOf(reference, ctx).list(versions, {
      prefix: `${row.name}:`,
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const all = [...old.map(({ value }) => value), row.current];
    // When a page is full of old versions, the current one at least is still to come.
    const last = old[limit - 1]?.id;
    return {
      Parameters: await Promise.all(
        all.slice(0, limit).map(async (version) => ({
          Name: row.name,
          ...metadata(version),
          Value: await readValue(ctx, version, arn, WithDecryption),
          Labels: [...labelsOf(row.labels, version.version)],
        })),
      ),
      ...(last === undefined ? {} : { NextToken: tokenOf(last) }),
    };
  },
};
