import { parseArn, partitionOf } from '../../topology/arns';
import type { Problem, Report } from '../../topology/problem';

/** @param what is encrypted, in the Region */
export function keyOfRegion(
  path: Problem['path'],
  kmsKeyArn: string | undefined,
  region: string | undefined,
  what: string,
  report: Report,
): void {
  if (kmsKeyArn === undefined || region === undefined) return;
  const key = parseArn(kmsKeyArn);
  if (key.region === region && key.partition === partitionOf(region)) return;
  report(path, `must be a key in ${region}, where ${what} is`, kmsKeyArn);
}
