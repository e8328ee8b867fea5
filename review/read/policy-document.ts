import { z } from 'zod';
import { UserError } from '../../topology/problem';
import { groupBy, listOf } from '../lists';
import type { Block } from './stacks';

/** A policy document as AWS receives it. */
export interface PolicyDocument {
  readonly Version?: string;
  /** A single statement need not be in a list. */
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

type OneOrMany = string | readonly string[];

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, OneOrMany>>;
  readonly NotPrincipal?: '*' | Readonly<Record<string, OneOrMany>>;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

/** A block that is there once is an object, several are a list. */
const blocks = <T extends z.ZodType>(block: T) => z.preprocess(listOf, z.array(block));

const texts = z.array(z.string()).optional();
const principals = blocks(z.strictObject({ type: z.string(), identifiers: z.array(z.string()) }));

const configuration = z.strictObject({
  '//': z.unknown().optional(),
  provider: z.unknown().optional(),
  version: z.string().default('2012-10-17'),
  statement: blocks(
    z.strictObject({
      sid: z.string().optional(),
      effect: z.enum(['Allow', 'Deny']).default('Allow'),
      actions: texts,
      not_actions: texts,
      resources: texts,
      not_resources: texts,
      principals,
      not_principals: principals,
      condition: blocks(
        z.strictObject({ test: z.string(), variable: z.string(), values: z.array(z.string()) }),
      ),
    }),
  ),
});

type Statement = z.output<typeof configuration>['statement'][number];

/**
 * The document that the data source `aws_iam_policy_document` makes of its configuration.
 *
 * @param resolve resolves the references in a text
 * @throws UserError if the configuration says more than this knows how to read
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function renderDocument(
  place: string,
  block: Block,
  resolve: (text: string) => string,
): PolicyDocument {
  const { data, error } = configuration.safeParse(block);
  if (error) {
    const [issue] = error.issues;
    const what = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
    throw new UserError(`${place}: the review cannot read ${what} of a policy document`);
  }
  // The provider writes policy variables as &{…}, which Terraform leaves alone.
  const text = (value: string) => resolve(value).replaceAll('&{', '${');
  return {
    Version: data.version,
    Statement: data.statement.map((statement) => render(statement, text)),
  };
}

/** What is undefined is not in the JSON. */
function render(statement: Statement, text: (value: string) => string): PolicyStatement {
  const { sid, effect, principals, not_principals, condition } = statement;
  const texts = (values: readonly string[] | undefined) => values && oneOrMany(values.map(text));
  return {
    Sid: sid,
    Effect: effect,
    Principal: renderPrincipals(principals, text),
    NotPrincipal: renderPrincipals(not_principals, text),
    Action: texts(statement.actions),
    NotAction: texts(statement.not_actions),
    Resource: texts(statement.resources),
    NotResource: texts(statement.not_resources),
    Condition: condition.length === 0 ? undefined : renderConditions(condition, text),
  };
}

function renderPrincipals(
  principals: Statement['principals'],
  text: (value: string) => string,
): PolicyStatement['Principal'] {
  if (principals.length === 0) return undefined;
  if (principals.some(({ type, identifiers }) => type === '*' && identifiers.includes('*'))) {
    return '*';
  }
  return merged(principals.map(({ type, identifiers }) => [type, identifiers.map(text)]));
}

function renderConditions(
  conditions: Statement['condition'],
  text: (value: string) => string,
): PolicyStatement['Condition'] {
  const tests = groupBy(conditions, ({ test }) => test);
  return Object.fromEntries(
    tests.map((group) => [
      group[0]?.test,
      merged(group.map(({ variable, values }) => [variable, values.map(text)])),
    ]),
  );
}

/** All values of each key. One value is not in a list, as the provider writes it, which sizes depend on. */
function merged(entries: readonly [key: string, values: string[]][]): Record<string, OneOrMany> {
  return Object.fromEntries(
    groupBy(entries, ([key]) => key).map((group) => [
      group[0]?.[0],
      oneOrMany(group.flatMap(([, values]) => values)),
    ]),
  );
}

function oneOrMany(values: readonly string[]): OneOrMany {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
