import type { Conditions } from '#runtime/operation.ts';
import { invalidParameter } from './errors.ts';

/** Tags of a resource at most (Lambda user guide, "Using tags"). */
const maxTags = 50;

/** @throws ServiceError InvalidParameterValueException */
export function checkTags(before: Readonly<Record<string, string>>, added: Readonly<Record<string, string>>): void {
  if (Object.keys(added).some((key) => /^aws:/i.test(key))) {
    throw invalidParameter('Tag keys beginning with aws: are reserved for AWS use.');
  }
  if (Object.keys({ ...before, ...added }).length > maxTags) {
    throw invalidParameter('Number of tags exceeds resource tag limit.');
  }
}

/** `aws:RequestTag/…` and `aws:TagKeys` of tags that a request carries. */
export function tagKeys(tags: Readonly<Record<string, string>> = {}): Conditions {
  const names = Object.keys(tags);
  if (names.length === 0) return {};
  const values = names.map((name) => [`aws:RequestTag/${name}`, tags[name] ?? '']);
  return { 'aws:TagKeys': names, ...Object.fromEntries(values) };
}
