import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { executeAgain } from './executions.ts';
import {
  CreateScheduleGroup,
  DeleteScheduleGroup,
  emptyGroup,
  GetScheduleGroup,
  ListScheduleGroups,
} from './groups.ts';
import { groups, schedules } from './records.ts';
import { runSchedule } from './schedule-runs.ts';
import { CreateSchedule, DeleteSchedule, GetSchedule, ListSchedules, UpdateSchedule } from './schedules.ts';
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts';

const operations = {
  CreateSchedule,
  CreateScheduleGroup,
  DeleteSchedule,
  DeleteScheduleGroup,
  GetSchedule,
  GetScheduleGroup,
  ListScheduleGroups,
  ListSchedules,
  ListTagsForResource,
  TagResource,
  UntagResource,
  UpdateSchedule,
} satisfies Operations<'scheduler'>;

export const scheduler: Service = {
  name: 'scheduler',
  prefix: 'scheduler',
  host: 'scheduler.amazonaws.com',
  operations,
  collections: [groups, schedules],
  jobs: { 'empty-group': emptyGroup, retry: executeAgain, run: runSchedule },
};
