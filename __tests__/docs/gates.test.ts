import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codesIn, tableBelow } from '../helpers/markdown';

interface Rule {
  readonly id: string;
  /** The line above it. */
  readonly above: string;
}

/** The rules that a scanner leaves out. */
function rulesOf(file: string, pattern: RegExp): Rule[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const [, id] = pattern.exec(line) ?? [];
    return id === undefined ? [] : [{ id, above: lines[index - 1] ?? '' }];
  });
}

const CHECKOV = rulesOf('.checkov.yaml', /^ +- (CKV\w+)/);
const TRIVY = rulesOf('.trivyignore', /^(AVD\S+)/);

test.each([...CHECKOV, ...TRIVY])('$id is left out for a reason', ({ above }) => {
  expect(above).toMatch(/^ *# \S.*: .+\.$/);
});

test('Checkov leaves out these rules of the HCL, and nothing else', () => {
  expect(parse(readFileSync('.checkov.yaml', 'utf8'))).toEqual({
    directory: ['hcl.out'],
    framework: ['terraform'],
    compact: true,
    quiet: true,
    'skip-check': CHECKOV.map(({ id }) => id),
  });
});

test('docs/gates.md has each rule that is left out, once', () => {
  const rows = tableBelow('Rules that are left out', 'docs/gates.md');
  const left = [...CHECKOV, ...TRIVY].map(({ id }) => id);
  expect(rows.flatMap(([rules]) => codesIn(rules)).sort()).toEqual(left.sort());
});
