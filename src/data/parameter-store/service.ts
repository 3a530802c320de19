import type { OperationName } from '#runtime/api-types.ts';
import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { GetParametersByPath } from './by-path.ts';
import { DeleteParameter, DeleteParameters } from './delete.ts';
import { DescribeParameters } from './describe.ts';
import { GetParameter, GetParameters } from './get.ts';
import { GetParameterHistory } from './history.ts';
import { checkImage } from './images.ts';
import { LabelParameterVersion, UnlabelParameterVersion } from './label-versions.ts';
import { actOnPolicy } from './policy-jobs.ts';
import { PutParameter } from './put.ts';
import { advancedNames, parameters, settings, versions } from './records.ts';
import { DeleteResourcePolicy, GetResourcePolicies, PutResourcePolicy } from './resource-policies.ts';
import { GetServiceSetting, ResetServiceSetting, UpdateServiceSetting } from './service-settings.ts';
import { AddTagsToResource, ListTagsForResource, RemoveTagsFromResource } from './tags.ts';

/** Parameter Store's part of the SSM API. The other features of Systems Manager are not part of Ringwall. */
const operations = {
  AddTagsToResource,
  DeleteParameter,
  DeleteParameters,
  DeleteResourcePolicy,
  DescribeParameters,
  GetParameter,
  GetParameterHistory,
  GetParameters,
  GetParametersByPath,
  GetResourcePolicies,
  GetServiceSetting,
  LabelParameterVersion,
  ListTagsForResource,
  PutParameter,
  PutResourcePolicy,
  RemoveTagsFromResource,
  ResetServiceSetting,
  UnlabelParameterVersion,
  UpdateServiceSetting,
} satisfies Partial<Operations<'ssm', OperationName<'ssm'>>>;

export const parameterStore: Service = {
  name: 'ssm',
  prefix: 'ssm',
  host: 'ssm.amazonaws.com',
  operations,
  collections: [advancedNames, parameters, versions, settings],
  jobs: { policy: actOnPolicy, 'image-check': checkImage },
};
