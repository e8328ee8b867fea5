import { isIP, isIPv4 } from 'node:net';
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
    const [, isValue, rule] = VALUES.find(([tested]) => tested.test(test)) ?? [];
    for (const [item, value] of values.entries()) {
      if (!isValue || isValue(value) || value.includes('${')) continue;
      report([...path, 'values', item], `must be ${rule}, with ${test}`, value);
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

const DATE =
  /^(\d+|-?\d{4,}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?)?)?)$/i;

/**
 * What the values of condition operators must be.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const VALUES: readonly [operator: RegExp, isValue: (value: string) => boolean, rule: string][] = [
  [
    /Date/,
    (value) => DATE.test(value),
    'a date such as 2026-01-31T12:00:00Z, or seconds since 1970',
  ],
  [/Numeric/, (value) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value), 'a number'],
  [/IpAddress/, isAddressRange, 'an IP address or a range such as 203.0.113.0/24 or 2001:db8::/32'],
  [/Bool|Null/, (value) => /^(true|false)$/i.test(value), 'true or false'],
];

function isAddressRange(value: string): boolean {
  const [address = '', bits = '0', ...more] = value.split('/');
  const most = isIPv4(address) ? 32 : 128;
  return isIP(address) !== 0 && /^\d+$/.test(bits) && Number(bits) <= most && more.length === 0;
}

/** Whether the values of a key are of people's choice: tags, and attributes of an identity provider. */
function namesTag(variable: string): boolean {
  return /tag|^saml:/i.test(variable);
}
