import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { ServiceError } from '#wire/service-error.ts';
import { notMade } from './events.ts';
import { save } from './new-version.ts';
import { parameters, type VersionRow } from './records.ts';

/** Data type of parameters that hold the id of a machine image. */
export const imageType = 'aws:ec2:image';

/** What waits for its image to be validated. */
type Pending = {
  readonly current: VersionRow;
  readonly tags: Readonly<Record<string, string>>;
  readonly overwrite: boolean;
  /** The caller may describe images; without that AWS cannot validate. */
  readonly mayDescribe: boolean;
};

/** AWS answers first and validates the image afterwards; only then does the version exist. */
export async function awaitImage(
  ctx: Context,
  name: string,
  current: VersionRow,
  tags: Readonly<Record<string, string>>,
  overwrite: boolean,
): Promise<void> {
  const payload: Pending = { current, tags, overwrite, mayDescribe: await mayDescribeImages(ctx) };
  const id = jobId(ctx.account, ctx.region, `${name}:${ctx.uuid()}`);
  ctx.schedule({ kind: 'ssm/image-check', id, runAt: ctx.now, payload });
}

async function mayDescribeImages(ctx: Context): Promise<boolean> {
  try {
    await ctx.authorise('ec2:DescribeImages', { arn: '*' });
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}

/**
 * Validates an `aws:ec2:image` value and, when it holds, makes the version; else it publishes why not.
 * The format is checked; images themselves exist nowhere yet, so AWS's second check (the image is available) has nothing to ask.
 */
export async function checkImage(what: string, payload: unknown, ctx: Context): Promise<void> {
  const { current, tags, overwrite, mayDescribe } = payload as Pending;
  const name = what.slice(0, what.lastIndexOf(':'));
  const existing = await ctx.records.get(parameters, name);
  const operation = existing === undefined ? 'Create' : 'Update';
  const fail = (why: string) => notMade(ctx, name, current, operation, why);
  if (!mayDescribe) return fail('Unable to Describe Resource');
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(current.value)) return fail('Invalid image id format');
  if (existing !== undefined && (!overwrite || existing.current.type !== current.type)) {
    return fail('The parameter already exists');
  }
  try {
    await save(ctx, name, existing, { ...current, version: (existing?.current.version ?? 0) + 1 }, tags);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    fail(error.message);
  }
}
