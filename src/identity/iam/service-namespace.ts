import { serviceIndex } from '#wire/model/load.ts';

/** Services whose IAM actions begin with another name than signatures are made for (service authorization reference). */
const ownPrefixes: Readonly<Record<string, string>> = {
  cloudcontrol: 'cloudformation',
  cloudwatch: 'cloudwatch',
  resourcegroupstaggingapi: 'tag',
};

const namespaces: ReadonlyMap<string, string> = new Map(
  [...serviceIndex.values()].map(({ name, endpointPrefix, signingName }) => [
    endpointPrefix,
    ownPrefixes[name] ?? signingName,
  ]),
);

/**
 * The prefix of a service's actions, from the source of its events.
 *
 * @example namespaceOf('monitoring.amazonaws.com') // 'cloudwatch'
 */
export function namespaceOf(eventSource: string): string {
  const host = eventSource.replace(/\.amazonaws\.com$/, '');
  return namespaces.get(host) ?? host;
}
