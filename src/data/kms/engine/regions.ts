/**
 * Is this the name of a Region of the partition `aws`? By the way names are made, so that new Regions need no new release. Those of the
 * partitions for China, GovCloud, the European Sovereign Cloud and the isolated ones are made otherwise.
 *
 * @example isRegion('eu-west-1') // true
 * @example isRegion('us-gov-west-1') // false
 */
export function isRegion(name: string): boolean {
  return /^(?:af|ap|ca|eu|il|me|mx|sa|us)-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9]\d?$/.test(name);
}
