import { groupBy, unique } from '../lists';
import type { Protected } from './deployment';
import type { Cell, Matrix } from './matrix';

/** What was found of resources that are alike but for their account. */
export interface Finding {
  readonly kind: Protected['kind'];
  readonly resources: readonly Protected[];
  /** Actions asked about, with what is out of the ordinary. */
  readonly asked: readonly string[];
  readonly rows: readonly Row[];
}

/** Everybody who gets the same answers. */
export interface Row {
  readonly who: string;
  /** Accounts of those principals, where there are several. */
  readonly accounts: readonly string[];
  readonly allowed: readonly string[];
  /** Statements that allow. */
  readonly allowedBy: readonly string[];
  /** Statements that deny, and policies in which none allows. */
  readonly deniedBy: readonly string[];
  readonly differs: boolean;
}

/** The cells as tables: one for resources that all have the same answers. */
export function summarize({ cells }: Pick<Matrix, 'cells'>): Finding[] {
  const findings = new Map<string, Finding>();
  for (const own of groupBy(
    cells,
    ({ resource }) =>
      `${resource.kind} ${resource.arn} ${resource.account} ${resource.policyIsElsewhere}`,
  )) {
    const [first] = own;
    if (!first) continue;
    const { resource } = first;
    const rows = rowsOf(own);
    const asked = unique(own.map(question));
    const key = JSON.stringify([
      resource.kind,
      resource.policyIsElsewhere,
      resource.policyIsElsewhere || resource.kind === 'key' ? undefined : resource.name,
      asked,
      rows.map(({ accounts, allowedBy, ...row }) => [row, unique(allowedBy.map(withoutPolicy))]),
    ]);
    const alike = findings.get(key);
    findings.set(
      key,
      alike
        ? {
            ...alike,
            resources: [...alike.resources, resource],
            rows: alike.rows.map((row, index) => ({
              ...row,
              allowedBy: unique([...row.allowedBy, ...(rows[index]?.allowedBy ?? [])]),
            })),
          }
        : { kind: resource.kind, resources: [resource], asked, rows },
    );
  }
  return [...findings.values()];
}

/** The streams of a role can be in many policies: which of them allows does not tell tables apart. */
function withoutPolicy(statement: string): string {
  return statement.replace(/: .*\//, ': ');
}

function rowsOf(cells: readonly Cell[]): Row[] {
  const rows = new Map<string, Row>();
  for (const own of groupBy(cells, ({ principal }) => principal.arn)) {
    const [first] = own;
    if (!first) continue;
    const { label, account } = first.principal;
    const answers = {
      who: label,
      allowed: own.filter(({ allowed }) => allowed).map(question),
      allowedBy: unique(own.filter(({ allowed }) => allowed).flatMap(({ by }) => by)),
      deniedBy: unique(own.filter(({ allowed }) => !allowed).flatMap(({ by }) => by)),
      differs: own.some(({ allowed, wanted }) => allowed !== wanted),
    };
    const key = JSON.stringify(answers);
    const accounts = [...(rows.get(key)?.accounts ?? []), ...(account ? [account] : [])];
    rows.set(key, { ...answers, accounts });
  }
  return [...rows.values()];
}

/** An action, on which part, and what is out of the ordinary. */
export function question({
  action,
  part,
  circumstance,
}: Pick<Cell, 'action' | 'part' | 'circumstance'>): string {
  return [action, part, circumstance].filter(Boolean).join(' ');
}
