import { DataTerraformRemoteStateS3, type DataTerraformRemoteStateS3Config } from 'cdktf';
import type { Construct } from 'constructs';
import { expressionText } from './literal';

/** What an output must be: a value, or the ARN of a stream by all that comes before its time. */
export type Expected = string | { readonly streamOf: string };

/**
 * The state of another stack. Whoever may write that object decides what is in it, so no output is
 * believed: a postcondition compares each with what the topology knows.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
 */
export class RemoteState extends DataTerraformRemoteStateS3 {
  private readonly postconditions = new Map<string, object>();

  constructor(
    scope: Construct,
    id: string,
    private readonly stackId: string,
    private readonly place: DataTerraformRemoteStateS3Config,
  ) {
    super(scope, id, place);
  }

  /** The value of an output. Terraform stops where it is not the expected one. */
  output(name: string, expected: Expected): string {
    this.postconditions.set(name, this.postcondition(name, expected));
    // cdktf's class has no property for it.
    this.addOverride('lifecycle', { postcondition: [...this.postconditions.values()] });
    return this.getString(name);
  }

  private postcondition(name: string, expected: Expected): object {
    const { stackId, place } = this;
    const output = `self.outputs.${name}`;
    const [value, right, text] =
      typeof expected === 'string'
        ? [output, expected, expected]
        : // Everything up to the last slash, which a table's name cannot have.
          [
            `regex("^(.*/)[0-9T:.-]+$", ${output})[0]`,
            expected.streamOf,
            `${expected.streamOf}<time>`,
          ];
    // Anybody may have written it: on one line, and without what a terminal would act on.
    const shown = `\${replace(jsonencode(try(${output}, null)), "/[^ -~]/", "?")}`;
    return {
      condition: `\${try(${value}, "") == ${expressionText(right)}}`,
      error_message: `The output ${name} of ${stackId} must be ${text}, as the topology says. The state s3://${place.bucket}/${place.key} has ${shown}. Deploy ${stackId} first. If the state has the same value after that, find out who else writes to it.`,
    };
  }
}
