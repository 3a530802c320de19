const form = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/;
const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/** Whether a name may be a bucket's (S3 user guide, "General purpose bucket naming rules"). */
export function isBucketName(name: string): boolean {
  if (!form.test(name) || name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return false;
  if (name.includes('.-') || name.includes('-.')) return false;
  return (
    !reservedPrefixes.some((each) => name.startsWith(each)) && !reservedSuffixes.some((each) => name.endsWith(each))
  );
}
