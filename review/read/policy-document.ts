import { ReviewError } from '../problem';
import { listOf, type PolicyDocument, type PolicyStatement } from './policy';
import type { Block } from './stacks';

/** Resolves the references in a text. */
type Resolve = (text: string) => string;

const KNOWN_KEYS = ['//', 'provider', 'version', 'statement'];
const STATEMENT_KEYS = [
  'sid',
  'effect',
  'actions',
  'not_actions',
  'resources',
  'not_resources',
  'principals',
  'not_principals',
  'condition',
];

/**
 * The document that the data source `aws_iam_policy_document` makes of its configuration.
 *
 * @throws ReviewError if the configuration says more than this knows how to read
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function renderDocument(place: string, block: Block, resolve: Resolve): PolicyDocument {
  refuseOthers(place, block, KNOWN_KEYS);
  return {
    Version: (block.version as string | undefined) ?? '2012-10-17',
    Statement: blocks(block.statement).map((statement) => render(place, statement, resolve)),
  };
}

function render(place: string, statement: Block, resolve: Resolve): PolicyStatement {
  refuseOthers(place, statement, STATEMENT_KEYS);
  // The provider writes policy variables for &{…}, which Terraform leaves alone.
  const text = (value: string) => resolve(value).replaceAll('&{', '${');
  const texts = (value: unknown) => oneOrMany((value as string[] | undefined)?.map(text));
  return withoutUndefined({
    Sid: statement.sid as string | undefined,
    Effect: (statement.effect as 'Allow' | 'Deny' | undefined) ?? 'Allow',
    Principal: principals(statement.principals, texts),
    NotPrincipal: principals(statement.not_principals, texts) as PolicyStatement['NotPrincipal'],
    Action: texts(statement.actions),
    NotAction: texts(statement.not_actions),
    Resource: texts(statement.resources),
    NotResource: texts(statement.not_resources),
    Condition: conditions(statement.condition, texts),
  });
}

type Texts = (value: unknown) => string | readonly string[] | undefined;

function principals(value: unknown, texts: Texts): PolicyStatement['Principal'] {
  if (value === undefined) return undefined;
  const byType: Record<string, string[]> = {};
  for (const { type, identifiers } of blocks(value)) {
    const names = listOf(texts(identifiers));
    if (type === '*' && names.includes('*')) return '*';
    byType[type as string] = [...(byType[type as string] ?? []), ...names];
  }
  return mapValues(byType, oneOrMany);
}

function conditions(value: unknown, texts: Texts): PolicyStatement['Condition'] {
  if (value === undefined) return undefined;
  const rendered: Record<string, Record<string, string[]>> = {};
  for (const condition of blocks(value)) {
    const test = condition.test as string;
    const variable = condition.variable as string;
    const variables = rendered[test] ?? {};
    variables[variable] = [...(variables[variable] ?? []), ...listOf(texts(condition.values))];
    rendered[test] = variables;
  }
  return mapValues(rendered, (variables) => mapValues(variables, oneOrMany));
}

/** As the provider writes it, which sizes depend on. */
function oneOrMany<T extends readonly string[] | undefined>(values: T): T | string {
  return values?.length === 1 ? (values[0] ?? '') : values;
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** A block that stands once is an object, several are a list. */
function blocks(value: unknown): readonly Block[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Block];
}

function refuseOthers(place: string, block: Block, known: readonly string[]): void {
  const other = Object.keys(block).find((key) => !known.includes(key));
  if (other !== undefined) {
    throw new ReviewError(`${place}: the review cannot read ${other} of a policy document`);
  }
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
