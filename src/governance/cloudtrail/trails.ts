import { requestTagKeys } from '#runtime/condition-keys.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findTrail, homeTrail, referenceOf, refuse, trailResource } from './access.ts';
import type { Operation } from './api.ts';
import { checkDestinations } from './destinations.ts';
import { nameFault, trailArn } from './engine/names.ts';
import { everyManagementEvent } from './engine/selectors.ts';
import { allTrails, deletedId, isLogging, type TrailRow, trailId, trails, trailsIn } from './records.ts';
import { beginDelivery, finishSoon } from './schedule.ts';
import { settledTrail, shownTrail } from './shown-trail.ts';
import { ensureSigningKey } from './signing-key.ts';
import { checkTags, tagRecord } from './tags.ts';
import { newSettings, settingsOf } from './trail-settings.ts';

/** Trails of a Region (CloudTrail user guide, "Quotas in AWS CloudTrail"). */
const maxTrails = 5;

export const CreateTrail: Operation<'CreateTrail'> = {
  resource: ({ Name }, ctx) => {
    refuse(nameFault(Name));
    const arn = trailArn(ctx.account, ctx.region, Name);
    ctx.audit([{ arn, type: 'AWS::CloudTrail::Trail', account: ctx.account }]);
    return arn;
  },
  conditions: ({ TagsList }) => requestTagKeys(TagsList),
  handle: async (input, ctx) => {
    const { Name: name, TagsList = [] } = input;
    const { account, region } = ctx;
    const seen = await trailsIn(ctx);
    if (seen.some((trail) => trail.name === name)) {
      throw new ServiceError('TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${account}`);
    }
    const elsewhere =
      input.IsMultiRegionTrail === true && (await allTrails(ctx.records)).some((trail) => trail.name === name);
    if (elsewhere) {
      throw new ServiceError('TrailAlreadyExistsException', `Trail ${name} already exists for customer: ${account}`);
    }
    if (seen.filter((trail) => trail.region === region).length >= maxTrails) {
      throw new ServiceError(
        'MaximumNumberOfTrailsExceededException',
        `User: ${account} already has ${maxTrails} trails in ${region}.`,
      );
    }
    checkTags({}, TagsList);
    const arn = trailArn(account, region, name);
    const settings = await settingsOf(input, newSettings, { account, region, arn }, ctx);
    const row: TrailRow = {
      name,
      uid: Buffer.from(ctx.random(9)).toString('base64url'),
      account,
      region,
      arn,
      ...settings,
      selectors: everyManagementEvent,
      tags: tagRecord(TagsList),
      intervals: [],
      started: undefined,
      stopped: undefined,
    };
    await checkDestinations(ctx, row, { bucket: true, topic: true, logs: true });
    if (row.validation) await ensureSigningKey(ctx, region);
    ctx.records.create(trails, trailId(row), row);
    return settledTrail(row);
  },
};

export const UpdateTrail: Operation<'UpdateTrail'> = {
  resource: ({ Name }, ctx) => trailResource(Name, ctx),
  handle: async (input, ctx) => {
    const before = await homeTrail(input.Name, ctx);
    const row: TrailRow = { ...before, ...(await settingsOf(input, before, before, ctx)) };
    if (row.multiRegion && !before.multiRegion) {
      const twin = (await allTrails(ctx.records)).some((each) => each.name === row.name && each.region !== row.region);
      if (twin) {
        throw new ServiceError(
          'ConflictException',
          `Another Region has a trail \`${row.name}\`: it cannot be shown there.`,
        );
      }
    }
    await checkDestinations(ctx, row, {
      bucket: row.bucket !== before.bucket || row.prefix !== before.prefix || row.kmsKey !== before.kmsKey,
      topic: row.topic?.arn !== before.topic?.arn,
      logs: row.logs?.group !== before.logs?.group || row.logs?.role !== before.logs?.role,
    });
    if (row.validation) await ensureSigningKey(ctx, row.region);
    ctx.records.put(trails, trailId(row), row);
    if (isLogging(row)) await beginDelivery(ctx, row, before);
    return settledTrail(row);
  },
};

export const DeleteTrail: Operation<'DeleteTrail'> = {
  resource: ({ Name }, ctx) => trailResource(Name, ctx),
  handle: async ({ Name }, ctx) => {
    const row = await homeTrail(Name, ctx);
    ctx.records.delete(trails, trailId(row));
    // What it has recorded, and its own end, is still delivered.
    const last = row.intervals.at(-1);
    if (last === undefined) return {};
    const intervals = isLogging(row) ? [...row.intervals.slice(0, -1), { ...last, to: ctx.now }] : row.intervals;
    const ending: TrailRow = { ...row, intervals, deleted: true };
    ctx.records.create(trails, deletedId(row.uid), ending);
    finishSoon(ctx, ending);
    return {};
  },
};

export const GetTrail: Operation<'GetTrail'> = {
  resource: ({ Name }, ctx) => trailResource(Name, ctx),
  handle: async ({ Name }, ctx) => ({ Trail: shownTrail(await findTrail(Name, ctx)) }),
};

export const DescribeTrails: Operation<'DescribeTrails'> = {
  resource: () => '*',
  handle: async ({ trailNameList = [], includeShadowTrails: shadows = true }, ctx) => {
    const references = trailNameList.map(referenceOf);
    const found = (await trailsIn(ctx)).filter((trail) => {
      if (references.length === 0) return shadows || trail.region === ctx.region;
      return references.some(
        ({ name, region = ctx.region, account = ctx.account }) =>
          trail.name === name && trail.region === region && trail.account === account,
      );
    });
    return { trailList: found.map(shownTrail) };
  },
};

export const ListTrails: Operation<'ListTrails'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const found = await trailsIn(ctx);
    return { Trails: found.map(({ arn, name, region }) => ({ TrailARN: arn, Name: name, HomeRegion: region })) };
  },
};
