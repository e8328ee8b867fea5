import { list, object, text } from './values';

const MARKER_RULE =
  'must not hold &{, which the AWS provider takes for ${; write ${ for a policy variable';

/** A better message for a text of a policy in which the AWS provider would replace `&{`. */
export function insteadOfMarker(value: unknown): string | undefined {
  return typeof value === 'string' && value.includes('&{') ? MARKER_RULE : undefined;
}

/** A condition of a policy's statement. */
export const condition = object({
  test: text(
    /^((ForAllValues|ForAnyValue):)?((String|Arn)(Not)?(Equals|Like)|String(Not)?EqualsIgnoreCase|(Numeric|Date)(Not)?Equals|(Numeric|Date)(Less|Greater)Than(Equals)?|Bool|BinaryEquals|(Not)?IpAddress)(IfExists)?$|^Null$/,
    'must be a condition operator, such as StringEquals',
  ).describe('Condition operator of IAM.'),
  variable: text(/^[\w:/.+=@-]+$/, 'must be a condition key, such as aws:PrincipalOrgID').describe(
    'Condition key of IAM.',
  ),
  values: list(text(/^(?![\s\S]*&\{)/, 'must be a string', insteadOfMarker))
    .min(1, { error: 'must have at least one value' })
    .describe('Values, one of which must match.'),
});
