import { groupBy, unique } from '../lists';
import { type AccessAnswer, questionOf } from './answers';

/** What somebody may do with a target, or with targets that are alike but for their account. */
export type Row = ReturnType<typeof rowOf>;

/** What is allowed, a row for each principal and each target, targets alike in one. */
export function rowsOf(allowed: readonly AccessAnswer[]): Row[] {
  const rows = groupBy(allowed, ({ principal, target: { kind, arn, account } }) => [
    principal.arn,
    kind,
    arn,
    account,
  ]).map(rowOf);
  return groupBy(rows, alike).map((group) => ({
    ...group[0],
    targets: group.flatMap(({ targets }) => targets),
    by: unique(group.flatMap(({ by }) => by)),
  }));
}

function rowOf(answers: [AccessAnswer, ...AccessAnswer[]]) {
  const [{ principal, target }] = answers;
  return {
    who: principal.label,
    may: answers.map(questionOf),
    kind: target.kind,
    targets: [target],
    /** Statements that allow it. */
    by: unique(answers.flatMap(({ by }) => by)),
    /** Whether the topology means some of it to be denied. */
    differs: answers.some(({ wanted }) => !wanted),
  };
}

/** Streams of a role can be in many policies: which of them allows does not make targets unlike. */
function alike({ who, may, kind, targets: [target], by, differs }: Row): unknown[] {
  const name = kind === 'key' ? undefined : target?.name;
  const statements = unique(by.map((statement) => statement.replace(/: .*\//, ': ')));
  return [who, may, kind, name, statements, differs];
}
