import { type AccessAnswer, questionOf } from '../access/access';
import { groupBy, unique } from '../lists';
import type { Row } from '../model';
import { code, list, some, strong, text } from './words';

/** What `accessRows` has columns for. */
export const ACCESS_HEAD = ['who', 'may', 'on', 'in account', 'by'];

/** What somebody may do with a target, a row each; targets that are alike but for their account are one. */
export function accessRows(allowed: readonly AccessAnswer[]): Row[] {
  const all = groupBy(allowed, ({ principal, target: { kind, arn, account } }) => [
    principal.arn,
    kind,
    arn,
    account,
  ]).map(together);
  return groupBy(all, alike).map((group) => {
    const [{ who, may, kind, differs }] = group;
    const names = unique(group.map(({ target }) => target.name));
    const accounts = unique(group.map(({ target }) => target.account));
    return [
      differs ? strong(who) : who,
      list(may.map(code)),
      kind === 'account' ? 'all of it' : text`${kind} ${some(names.map(code))}`,
      some(accounts.map(code)),
      some(unique(group.flatMap(({ by }) => by)).sort()),
    ];
  });
}

function together(answers: [AccessAnswer, ...AccessAnswer[]]) {
  const [{ principal, target }] = answers;
  return {
    who: principal.label,
    may: answers.map(questionOf),
    kind: target.kind,
    target,
    /** Statements that allow it. */
    by: unique(answers.flatMap(({ by }) => by)),
    /** Whether the topology means some of it to be denied. */
    differs: answers.some(({ wanted }) => !wanted),
  };
}

/** Streams of a role can be in many policies: which of them allows does not make targets unlike. */
function alike({ who, may, kind, target, by, differs }: ReturnType<typeof together>): unknown[] {
  const name = kind === 'key' ? undefined : target.name;
  const statements = unique(by.map((statement) => statement.replace(/: .*\//, ': ')));
  return [who, may, kind, name, statements, differs];
}
