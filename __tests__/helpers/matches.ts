import { canBe } from '../../load/checks/filters/operators';

type Pattern = Readonly<Record<string, unknown>>;

/** Whether Lambda's filter lets a record pass. Lists and sets match by any of their elements. */
export function matches(pattern: Pattern, record: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === '$or') return (wanted as Pattern[]).some((one) => matches(one, record));
    const value = Object(record)[name];
    return Array.isArray(wanted)
      ? leafMatches(wanted, value)
      : [value].flat().some((one) => matches(wanted as Pattern, one));
  });
}

function leafMatches(alternatives: readonly unknown[], value: unknown): boolean {
  const values = [value].flat().filter((one) => one !== undefined && typeof one !== 'object');
  if (values.length === 0) return alternatives.some((one) => Object(one).exists === false);
  return values.some((one) => canBe(alternatives, one as string));
}
