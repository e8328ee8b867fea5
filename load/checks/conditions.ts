import type { Condition } from '../../policies/statement';
import type { Problem, Report } from '../../topology/problem';
import { ascii } from '../../topology/unicode';

/** What two conditions of one statement, or a value and its key, show together. */
export function checkConditions(
  conditions: readonly Condition[],
  place: Problem['path'],
  report: Report,
): void {
  const seen = new Set<string>();
  for (const [index, { test, variable, values }] of conditions.entries()) {
    const path = [...place, index];
    for (const [item, value] of namesTag(variable) ? [] : values.entries()) {
      const [other] = /[^ -~]/u.exec(value) ?? [];
      if (other === undefined) continue;
      const message = `must be ASCII, as all values of ${variable} in AWS are, and holds ${ascii(other)}, which may only look like it; write it again`;
      report([...path, 'values', item], message, value);
    }
    const condition = `${test} ${variable}`.toLowerCase();
    if (seen.has(condition)) {
      // A second condition on the same key would be an alternative, not a restriction.
      const message = `must be used once with ${test}; put all values into one condition`;
      report([...path, 'variable'], message, variable);
    }
    seen.add(condition);
  }
}

/** Whether the values of a key are of people's choice: tags, and attributes of an identity provider. */
function namesTag(variable: string): boolean {
  return /tag|^saml:/i.test(variable);
}
