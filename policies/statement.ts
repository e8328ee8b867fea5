/** One statement, with the names of `aws_iam_policy_document`. */
export interface Statement {
  readonly sid?: string;
  /** @default 'Allow' */
  readonly effect?: 'Deny';
  readonly principals?: { readonly type: string; readonly identifiers: string[] }[];
  readonly actions: string[];
  readonly resources?: string[];
  readonly condition?: readonly Condition[];
}

export interface Condition {
  readonly test: string;
  readonly variable: string;
  readonly values: string[];
}

export function condition(test: string, variable: string, ...values: string[]): Condition {
  return { test, variable, values };
}

/**
 * The document that `aws_iam_policy_document` makes of these statements.
 *
 * @param indent spaces of a level; the provider's `json` has 2, its `minified_json` no white space
 */
export function renderPolicy(statements: readonly Statement[], indent = 0): string {
  const document = { Version: '2012-10-17', Statement: statements.map(renderStatement) };
  return JSON.stringify(document, null, indent);
}

/** Characters of a document, which is what IAM counts; it leaves out white space. */
export function policySize(statements: readonly Statement[]): number {
  return renderPolicy(statements).length;
}

/** Bytes of a document, white space among them, which is what DynamoDB counts. */
export function policyBytes(statements: readonly Statement[], indent = 0): number {
  return Buffer.byteLength(renderPolicy(statements, indent));
}

export function renderStatement({ sid, effect, ...statement }: Statement): object {
  const { principals, actions, resources, condition = [] } = statement;
  const byType = principals?.map(({ type, identifiers }) => [type, oneOrMany(identifiers)]);
  return {
    Sid: sid,
    Effect: effect ?? 'Allow',
    Principal: byType && Object.fromEntries(byType),
    Action: oneOrMany(actions),
    Resource: resources && oneOrMany(resources),
    Condition: condition.length === 0 ? undefined : renderConditions(condition),
  };
}

function renderConditions(conditions: readonly Condition[]): object {
  const rendered: Record<string, object> = {};
  for (const { test, variable, values } of conditions) {
    rendered[test] = { ...rendered[test], [variable]: oneOrMany(values) };
  }
  return rendered;
}

/** As AWS writes a list in a policy: one value is not in a list. */
export function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}
