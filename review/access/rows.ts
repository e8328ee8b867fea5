import { groupBy, unique } from '../lists';
import { type AccessAnswer, questionOf } from './answers';
import type { AccessTarget } from './model';

/** What somebody may do with a target, or with targets that are alike but for their account. */
export interface Row {
  readonly who: string;
  /** Actions, each with the part it was asked for. */
  readonly may: readonly string[];
  readonly kind: AccessTarget['kind'];
  readonly targets: readonly AccessTarget[];
  /** Statements that allow it. */
  readonly by: readonly string[];
  /** Whether the topology means some of it to be denied. */
  readonly differs: boolean;
}

/** What is allowed, a row for each principal and each target, targets alike in one. */
export function rowsOf(allowed: readonly AccessAnswer[]): Row[] {
  const rows = groupBy(allowed, ({ principal, target }) =>
    JSON.stringify([principal.arn, target.kind, target.arn, target.account]),
  ).flatMap(rowOf);
  return groupBy(rows, alike).flatMap((group) =>
    group.slice(0, 1).map((row) => ({
      ...row,
      targets: group.flatMap(({ targets }) => targets),
      by: unique(group.flatMap(({ by }) => by)),
    })),
  );
}

function rowOf(answers: readonly AccessAnswer[]): Row[] {
  return answers.slice(0, 1).map(({ principal, target }) => ({
    who: principal.label,
    may: answers.map(questionOf),
    kind: target.kind,
    targets: [target],
    by: unique(answers.flatMap(({ by }) => by)),
    differs: answers.some(({ wanted }) => !wanted),
  }));
}

/** Streams of a role can be in many policies: which of them allows does not make targets unlike. */
function alike({ who, may, kind, targets: [target], by, differs }: Row): string {
  const name = kind === 'key' ? undefined : target?.name;
  const statements = unique(by.map((statement) => statement.replace(/: .*\//, ': ')));
  return JSON.stringify([who, may, kind, name, statements, differs]);
}
