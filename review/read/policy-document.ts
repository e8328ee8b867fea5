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

const texts = z.array(z.string()).transform(oneOrMany).optional();

const principals = blocks(
  z.strictObject({ type: z.string(), identifiers: z.array(z.string()) }),
).transform((all): PolicyStatement['Principal'] => {
  if (all.length === 0) return undefined;
  const isEverybody = all.some(
    ({ type, identifiers }) => type === '*' && identifiers.includes('*'),
  );
  return isEverybody ? '*' : merged(all.map(({ type, identifiers }) => [type, identifiers]));
});

const condition = blocks(
  z.strictObject({ test: z.string(), variable: z.string(), values: z.array(z.string()) }),
).transform((all): PolicyStatement['Condition'] => {
  if (all.length === 0) return undefined;
  const entries = groupBy(all, ({ test }) => test).map((group) => [
    group[0]?.test,
    merged(group.map(({ variable, values }) => [variable, values])),
  ]);
  return Object.fromEntries(entries);
});

const statement = z
  .strictObject({
    sid: z.string().optional(),
    effect: z.enum(['Allow', 'Deny']).default('Allow'),
    actions: texts,
    not_actions: texts,
    resources: texts,
    not_resources: texts,
    principals,
    not_principals: principals,
    condition,
  })
  .transform(
    (block): PolicyStatement => ({
      Sid: block.sid,
      Effect: block.effect,
      Principal: block.principals,
      NotPrincipal: block.not_principals,
      Action: block.actions,
      NotAction: block.not_actions,
      Resource: block.resources,
      NotResource: block.not_resources,
      Condition: block.condition,
    }),
  );

const configuration = z.strictObject({
  provider: z.unknown().optional(),
  version: z.string().default('2012-10-17'),
  statement: blocks(statement),
});

/**
 * The document that the data source `aws_iam_policy_document` makes of its configuration.
 *
 * @param resolve resolves the references in a text
 * @throws UserError if the configuration says more than this knows how to read
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function renderDocument(
  place: string,
  { '//': _, ...block }: Block,
  resolve: (text: string) => string,
): PolicyDocument {
  // The provider writes policy variables as &{…}, which Terraform leaves alone.
  const resolved = JSON.parse(JSON.stringify(block), (_key, value) =>
    typeof value === 'string' ? resolve(value).replaceAll('&{', '${') : value,
  );
  const { data, error } = configuration.safeParse(resolved);
  if (data) return { Version: data.version, Statement: data.statement };
  const [issue] = error.issues;
  const what = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  throw new UserError(`${place}: the review cannot read ${what} of a policy document`);
}

/** All values of each key. One value is not in a list, as the provider writes it, which sizes depend on. */
function merged(entries: readonly [key: string, values: string[]][]): Record<string, OneOrMany> {
  const groups = groupBy(entries, ([key]) => key).map((group) => [
    group[0]?.[0],
    oneOrMany(group.flatMap(([, values]) => values)),
  ]);
  return Object.fromEntries(groups);
}

function oneOrMany(values: readonly string[]): OneOrMany {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
