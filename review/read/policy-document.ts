import { z } from 'zod';
import { oneOrMany } from '../../policies/statement';
import { UserError } from '../../topology/problem';
import { groupBy, listOf } from '../lists';
import type { Block } from './stacks';

const oneOrMore = z.union([z.string(), z.array(z.string()).readonly()]);
const principal = z.union([z.literal('*'), z.record(z.string(), oneOrMore)]);

const policyStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
});

/** A policy document as AWS receives it. A single statement need not be in a list. */
export const policyDocument = z.looseObject({
  Version: z.string().optional(),
  Statement: z.union([policyStatement, z.array(policyStatement).readonly()]),
});

export type PolicyDocument = z.infer<typeof policyDocument>;
export type PolicyStatement = z.infer<typeof policyStatement>;
type OneOrMore = z.infer<typeof oneOrMore>;

/** A block that is there once is an object, several are a list. */
const blocks = <T extends z.ZodType>(block: T) => z.preprocess(listOf, z.array(block));

const texts = z.array(z.string());
const optional = texts.transform(oneOrMany).optional();

const principals = blocks(z.strictObject({ type: z.string(), identifiers: texts })).transform(
  (all): PolicyStatement['Principal'] => {
    if (all.length === 0) return undefined;
    const isEverybody = all.some(
      ({ type, identifiers }) => type === '*' && identifiers.includes('*'),
    );
    return isEverybody ? '*' : merged(all.map(({ type, identifiers }) => [type, identifiers]));
  },
);

const condition = blocks(
  z.strictObject({ test: z.string(), variable: z.string(), values: texts }),
).transform((all): PolicyStatement['Condition'] => {
  if (all.length === 0) return undefined;
  const entries = groupBy(all, ({ test }) => test).map((group) => [
    group[0].test,
    merged(group.map(({ variable, values }) => [variable, values])),
  ]);
  return Object.fromEntries(entries);
});

const statement = z
  .strictObject({
    sid: z.string().optional(),
    effect: z.enum(['Allow', 'Deny']).default('Allow'),
    actions: optional,
    not_actions: optional,
    resources: optional,
    not_resources: optional,
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
function merged(entries: readonly [key: string, values: string[]][]): Record<string, OneOrMore> {
  const groups = groupBy(entries, ([key]) => key).map((group) => [
    group[0][0],
    oneOrMany(group.flatMap(([, values]) => values)),
  ]);
  return Object.fromEntries(groups);
}
