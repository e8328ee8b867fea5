/** Where ARNs must be. Nothing is refused where that is not known, since what says it is broken itself. */
import { parseArn, partitionOf } from '../../topology/arns';
import type { Problem, Report } from '../../topology/problem';
import type { Account } from './declared';

export function inPartition(
  path: Problem['path'],
  arn: string | undefined,
  region: string | undefined,
  report: Report,
): void {
  if (arn === undefined || region === undefined) return;
  const partition = partitionOf(region);
  if (parseArn(arn).partition === partition) return;
  report(path, `must be in the partition ${partition} of the Region ${region}`, arn);
}

/** @param message that refuses another Region */
export function inRegion(
  path: Problem['path'],
  arn: string | undefined,
  region: string | undefined,
  message: string,
  report: Report,
): void {
  if (arn === undefined || region === undefined) return;
  const place = parseArn(arn);
  if (place.region === region && place.partition === partitionOf(region)) return;
  report(path, message, arn);
}

/** The ARN of a role or a policy in an account, or of a policy of AWS. */
export function ofAccount(
  path: Problem['path'],
  arn: string | undefined,
  account: Account | undefined,
  report: Report,
): void {
  if (arn === undefined || account === undefined) return;
  inPartition(path, arn, account.region, report);
  const { id } = parseArn(arn);
  if (id === account.id || id === 'aws') return;
  report(path, `must be an ARN of the account ${account.id}`, arn);
}
