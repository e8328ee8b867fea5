/** What Terraform writes of whoever locks a state. */
interface Holder {
  readonly Who: string;
  readonly Created: string;
  /** Such as `OperationTypeApply`. */
  readonly Operation: string;
}

/** Whose a lock is, since when, and what for. */
export function holderOf({ Who, Created, Operation }: Holder, now: Date): string {
  const minutes = Math.round((now.getTime() - new Date(Created).getTime()) / 60_000);
  const age = Number.isNaN(minutes) ? '' : ` (${minutes} minutes ago)`;
  const since = Created && ` since ${Created}${age}`;
  const operation = Operation.replace('OperationType', '').toLowerCase() || 'something';
  return `${Who}${since}, for ${operation}`;
}
