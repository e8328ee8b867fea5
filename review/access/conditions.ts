import type { Condition } from '../../policies/statement';
import type { Context } from './simulate';

/** Condition keys that follow from who asks, which a request cannot choose. */
const OF_THE_PRINCIPAL = ['aws:principalarn', 'aws:principalaccount'];

/** A value that matches no condition by accident. */
const OTHER = 'something-else';

/** Values of a request under which every one of these conditions holds. */
export function satisfying(conditions: readonly Condition[]): Context {
  return Object.assign({}, ...conditions.map((condition) => contextOf(condition, true)));
}

/** The same, but one condition does not hold; nothing if only the principal decides on it. */
export function violating(
  conditions: readonly Condition[],
  condition: Condition,
): Context | undefined {
  if (ofThePrincipal(condition)) return undefined;
  const { [condition.variable]: _, ...others } = satisfying(conditions);
  return { ...others, ...contextOf(condition, false) };
}

function ofThePrincipal({ variable }: Condition): boolean {
  return OF_THE_PRINCIPAL.includes(variable.toLowerCase());
}

function contextOf(condition: Condition, holds: boolean): Context {
  if (ofThePrincipal(condition)) return {};
  const { test, variable } = condition;
  const [, set, operator = ''] =
    /^(ForAnyValue:|ForAllValues:)?(.*?)(?:IfExists)?$/.exec(test) ?? [];
  const [value = '', tags] = withTags(condition.values[0] ?? '');
  if (operator === 'Null') {
    const absent = (value.toLowerCase() === 'true') === holds;
    return absent ? {} : { ...tags, [variable]: OTHER };
  }
  const chosen = valueFor(operator, value, holds);
  return { ...tags, [variable]: set ? [chosen] : chosen };
}

/** A value that a policy variable in the condition stands for, and the keys that make it so. */
function withTags(value: string): [string, Context] {
  const tags: Record<string, string> = {};
  const text = value.replaceAll(/\$\{([^}]*)\}/g, (_, variable: string) => {
    const [key = ''] = variable.split(',');
    tags[key.trim()] = 'example';
    return 'example';
  });
  return [text, tags];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function valueFor(operator: string, value: string, holds: boolean): string {
  const matches = operator.includes('Not') !== holds;
  const kind = operator.replace('Not', '');
  if (kind.startsWith('Numeric')) return numberFor(kind.slice('Numeric'.length), value, matches);
  if (kind.startsWith('Date')) return dateFor(kind.slice('Date'.length), value, matches);
  if (kind === 'IpAddress') return matches ? (value.split('/')[0] ?? value) : '203.0.113.254';
  if (kind === 'Bool') return matches ? value : String(value.toLowerCase() !== 'true');
  if (kind.startsWith('Arn')) {
    return matches ? concrete(value) : 'arn:aws:iam::000000000000:role/something-else';
  }
  return matches ? concrete(value) : OTHER;
}

/** What a pattern matches. */
function concrete(pattern: string): string {
  return pattern.replaceAll('*', 'x').replaceAll('?', 'x');
}

function numberFor(comparison: string, value: string, matches: boolean): string {
  return String(Number(value) + distance(comparison, matches));
}

function dateFor(comparison: string, value: string, matches: boolean): string {
  const day = 24 * 60 * 60 * 1000;
  return new Date(Date.parse(value) + distance(comparison, matches) * day).toISOString();
}

/** How far from the condition's value a value must be to match it, or not to. */
function distance(comparison: string, matches: boolean): number {
  if (comparison === 'Equals') return matches ? 0 : 1;
  if (comparison === 'LessThan' || comparison === 'LessThanEquals') return matches ? -1 : 1;
  return matches ? 1 : -1;
}
