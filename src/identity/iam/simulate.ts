import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Input, Operation } from './api.ts';
import { type PolicyKind, parsePolicy, type RequestContext, readPolicy } from './engine/engine.ts';
import {
  boundaryDocument,
  type Entity,
  type EntityPolicy,
  entityOfArn,
  entityResource,
  policiesOf,
} from './entity-policies.ts';
import { markerOf, type PageEnd, type PageInput, placeIn } from './page.ts';
import {
  accountOf,
  type SimulatedPolicies,
  type SimulatedPolicy,
  type SimulatedRequest,
  type SimulationResult,
  simulator,
} from './simulation-results.ts';

export const SimulateCustomPolicy: Operation<'SimulateCustomPolicy'> = {
  resource: () => '*',
  handle: (input, ctx) =>
    run(ctx, input, undefined, {
      identity: inputPolicies(input.PolicyInputList, 'identity', 'PolicyInputList'),
      boundaries: boundariesIn(input),
      resource: resourcePolicyIn(input),
      organization: input.OrderedOrganizationPolicyInputList?.map(({ ServiceControlPolicyInputList = [] }, level) =>
        inputPolicies(ServiceControlPolicyInputList, 'scp', `OrderedOrganizationPolicyInputList.${level + 1}`),
      ),
    }),
};

export const SimulatePrincipalPolicy: Operation<'SimulatePrincipalPolicy'> = {
  resource: ({ PolicySourceArn }, ctx) => entityResource(ctx, PolicySourceArn),
  handle: async (input, ctx) => {
    const entity = await entityOfArn(ctx, input.PolicySourceArn);
    if (entity === undefined)
      throw new ServiceError('NoSuchEntityException', 'Unable to retrieve specified IAM entity.');
    const own = (await policiesOf(ctx, entity)).map((policy) => stored(idOf(policy), 'identity', policy.document));
    return run(ctx, input, entity, {
      identity: [...own, ...inputPolicies(input.PolicyInputList ?? [], 'identity', 'PolicyInputList')],
      boundaries: boundariesIn(input) ?? (await ownBoundary(ctx, entity)),
      resource: resourcePolicyIn(input),
      // The account is in no organization: no level limits it.
      organization: [],
    });
  },
};

type SimulateInput = Omit<Input<'SimulateCustomPolicy'>, 'PolicyInputList'>;

/** Each action on each resource, a page of them. @param owner whose policies are simulated; undefined for policies of nobody */
function run(ctx: Context, input: SimulateInput, owner: Entity | undefined, policies: SimulatedPolicies) {
  const { ActionNames, ResourceArns = ['*'] } = input;
  const actions = ActionNames.map(checkAction);
  checkScenario(input.ResourceHandlingOption, ResourceArns);
  const caller = callerOf(ctx, input, owner);
  const context = contextOf(input.ContextEntries ?? []);
  const answer = simulator(policies);
  const { from, to, end } = pageOfNumbers(actions.length * ResourceArns.length, input);
  const results = Array.from({ length: to - from }, (_, index) => {
    const number = from + index;
    const action = actions[Math.floor(number / ResourceArns.length)] ?? '';
    const resource = ResourceArns[number % ResourceArns.length] ?? '*';
    const request = { principal: caller, action, resource, resourceAccount: ownerOf(resource, caller, input), context };
    return present(request, answer(request));
  });
  return { EvaluationResults: results, ...end };
}

function present({ action, resource }: SimulatedRequest, result: SimulationResult) {
  const statements = result.statements.map(({ policyId, policyType, start, end }) => ({
    SourcePolicyId: policyId,
    // AWS's answers are not in its model's list.
    SourcePolicyType: policyType as 'none',
    StartPosition: { Line: start.line, Column: start.column },
    EndPosition: { Line: end.line, Column: end.column },
  }));
  const missing = [...result.missing];
  const boundary =
    result.allowedByBoundary === undefined
      ? {}
      : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: result.allowedByBoundary } };
  const sides =
    result.sides === undefined ? {} : { 'IAM Policy': result.sides.identity, 'Resource Policy': result.sides.resource };
  // What is asked of named resources is answered under each; `*` stands for no resource (API reference, EvaluationResult).
  const named = resource !== '*';
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: result.decision,
    MatchedStatements: statements,
    MissingContextValues: named ? [] : missing,
    ...(result.allowedByOrganization === undefined
      ? {}
      : { OrganizationsDecisionDetail: { AllowedByOrganizations: result.allowedByOrganization } }),
    ...boundary,
    ...(named && result.allowedByOrganization !== false ? { EvalDecisionDetails: sides } : {}),
    ...(named
      ? {
          ResourceSpecificResults: [
            {
              EvalResourceName: resource,
              EvalResourceDecision: result.decision,
              MatchedStatements: statements,
              MissingContextValues: missing,
              ...(result.sides === undefined ? {} : { EvalDecisionDetails: sides }),
              ...boundary,
            },
          ],
        }
      : {}),
  };
}

/**
 * A page of things that are numbered from 0 and made as they are asked for: actions times resources are more than memory holds.
 */
function pageOfNumbers(
  count: number,
  { Marker, MaxItems = 100 }: PageInput,
): { readonly from: number; readonly to: number; readonly end: PageEnd } {
  const place = placeIn(Marker);
  if (place !== undefined && !/^\d{1,15}$/.test(place))
    throw new ServiceError('ValidationException', 'Invalid Marker.');
  const from = Math.min(place === undefined ? 0 : Number(place), count);
  const to = Math.min(from + MaxItems, count);
  return { from, to, end: to < count ? { IsTruncated: true, Marker: markerOf(String(to)) } : { IsTruncated: false } };
}

/**
 * Whose a resource is. With a resource policy an account in the ARN counts before `ResourceOwner`; without one, resources are the
 * caller's unless `ResourceOwner` says otherwise.
 */
function ownerOf(resource: string, caller: string, { ResourceOwner, ResourcePolicy }: SimulateInput): string {
  const inArn = accountOf(resource);
  if (ResourcePolicy !== undefined && /^\d{12}$/.test(inArn)) return inArn;
  if (ResourceOwner === undefined) return accountOf(caller);
  const account = /^\d{12}$/.test(ResourceOwner) ? ResourceOwner : accountOf(ResourceOwner);
  if (!/^\d{12}$/.test(account)) throw invalidInput(`Invalid ResourceOwner: ${ResourceOwner}.`);
  return account;
}

/** The resources that each scenario of `ec2:RunInstances` needs, by type in their ARNs (API reference, ResourceHandlingOption). */
const scenarios: Readonly<Record<string, readonly string[]>> = {
  'EC2-VPC-InstanceStore': ['instance', 'image', 'security-group', 'network-interface'],
  'EC2-VPC-InstanceStore-Subnet': ['instance', 'image', 'security-group', 'network-interface', 'subnet'],
  'EC2-VPC-EBS': ['instance', 'image', 'security-group', 'network-interface', 'volume'],
  'EC2-VPC-EBS-Subnet': ['instance', 'image', 'security-group', 'network-interface', 'subnet', 'volume'],
};

/** @throws ServiceError InvalidInput for an unknown scenario, or one whose resources are not all there */
function checkScenario(option: string | undefined, resources: readonly string[]): void {
  if (option === undefined) return;
  const types = Object.hasOwn(scenarios, option) ? scenarios[option] : undefined;
  if (types === undefined) throw invalidInput(`Invalid ResourceHandlingOption: ${option}.`);
  const absent = types.filter((type) => !resources.some((arn) => arn.split(':')[5]?.startsWith(`${type}/`)));
  if (absent.length > 0) throw invalidInput(`ResourceHandlingOption ${option} needs resources: ${absent.join(', ')}.`);
}

/** @throws ServiceError InvalidInput: only a user's ARN stands for a caller, and a resource policy needs one */
function callerOf(ctx: Context, { CallerArn, ResourcePolicy }: SimulateInput, owner: Entity | undefined): string {
  if (CallerArn !== undefined) {
    if (!/^arn:aws[a-z-]*:iam::\d{12}:user\/.+$/.test(CallerArn)) {
      throw invalidInput(`Invalid CallerArn: ${CallerArn}. Only the ARN of an IAM user can be the caller.`);
    }
    return CallerArn;
  }
  if (owner !== undefined && owner.type !== 'GROUP' && (owner.type === 'USER' || ResourcePolicy === undefined))
    return owner.row.arn;
  if (ResourcePolicy !== undefined) throw invalidInput('CallerArn is required when a ResourcePolicy is given.');
  return `arn:aws:iam::${ctx.account}:user/simulated-caller`;
}

function contextOf(entries: NonNullable<SimulateInput['ContextEntries']>): RequestContext {
  const context: Record<string, readonly string[]> = {};
  for (const { ContextKeyName, ContextKeyType = 'string', ContextKeyValues = [] } of entries) {
    if (ContextKeyName === undefined) throw invalidInput('A context entry needs a ContextKeyName.');
    if (!ContextKeyType.endsWith('List') && ContextKeyValues.length > 1) {
      throw invalidInput(`Context key ${ContextKeyName} of type ${ContextKeyType} takes one value.`);
    }
    context[ContextKeyName] = ContextKeyValues;
  }
  return context;
}

/** @throws ServiceError InvalidInput for more than one: an entity has one boundary at a time */
function boundariesIn({
  PermissionsBoundaryPolicyInputList: list,
}: SimulateInput): readonly SimulatedPolicy[] | undefined {
  if (list === undefined) return undefined;
  if (list.length > 1) throw invalidInput('PermissionsBoundaryPolicyInputList takes one policy.');
  return inputPolicies(list, 'boundary', 'PermissionsBoundaryPolicyInputList');
}

async function ownBoundary(ctx: Context, entity: Entity): Promise<readonly SimulatedPolicy[] | undefined> {
  const document = await boundaryDocument(ctx, entity);
  if (document === undefined || entity.type === 'GROUP') return undefined;
  const name = entity.row.permissionsBoundary?.split('/').at(-1) ?? '';
  return [stored(name, 'boundary', document)];
}

/** A role's trust policy names no resources; every other policy on a resource does. */
function resourcePolicyIn({ ResourcePolicy: text, ActionNames }: SimulateInput): SimulatedPolicy | undefined {
  if (text === undefined) return undefined;
  const ofRole = ActionNames.every((action) => /^sts:/i.test(action)) && parsePolicy(text, 'trust').ok;
  return given('ResourcePolicy', ofRole ? 'trust' : 'resource', text);
}

function inputPolicies(texts: readonly string[], kind: PolicyKind, list: string): readonly SimulatedPolicy[] {
  return texts.map((text, index) => given(`${list}.${index + 1}`, kind, text));
}

/** @throws ServiceError InvalidInput for a document that is no policy of its kind */
function given(id: string, kind: PolicyKind, text: string): SimulatedPolicy {
  const reading = parsePolicy(text, kind);
  if (!reading.ok) throw invalidInput(reading.errors[0]?.message ?? 'Syntax errors in policy.');
  return { id, kind, text, policy: reading.policy };
}

function stored(id: string, kind: PolicyKind, text: string): SimulatedPolicy {
  const reading = readPolicy(text);
  if (!reading.ok) throw new Error(`INVARIANT: stored policy \`${id}\` can be read`);
  return { id, kind, text, policy: reading.policy };
}

/** Managed policies by their name, inline ones with their holder: `user_ann_deploy`. */
function idOf({ name, arn, holder }: EntityPolicy): string {
  return arn === undefined ? `${holder.type.toLowerCase()}_${holder.name}_${name}` : name;
}

function checkAction(action: string): string {
  if (/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action)) return action;
  throw invalidInput(`Invalid Action Name: ${action}`);
}

function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}
