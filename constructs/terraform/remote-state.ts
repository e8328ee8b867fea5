import { DataTerraformRemoteStateS3, type DataTerraformRemoteStateS3Config } from 'cdktf';
import type { Construct } from 'constructs';
import { expressionText } from './literal';

/** What an output must be: a value, or the ARN of a stream by all that comes before its time. */
export type Expected = string | { readonly streamOf: string };

export interface RemoteStateProps extends DataTerraformRemoteStateS3Config {
  /** The stack whose state it is, for the messages. */
  readonly stackId: string;
}

/**
 * The state of another stack. Whoever may write that object decides what is in it, so no output is
 * believed: a postcondition compares each with what the topology knows.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
 */
export class RemoteState extends DataTerraformRemoteStateS3 {
  private readonly stackId: string;
  private readonly object: string;
  private readonly postconditions = new Map<string, object>();

  constructor(scope: Construct, id: string, { stackId, ...config }: RemoteStateProps) {
    super(scope, id, config);
    this.stackId = stackId;
    this.object = `s3://${config.bucket}/${config.key}`;
  }

  /** The value of an output. Terraform stops where it is not the expected one. */
  output(name: string, expected: Expected): string {
    this.postconditions.set(name, this.postcondition(name, expected));
    // cdktf's class has no property for it.
    this.addOverride('lifecycle', { postcondition: [...this.postconditions.values()] });
    return this.getString(name);
  }

  private postcondition(name: string, expected: Expected): object {
    const output = `self.outputs.${name}`;
    const [condition, right] =
      typeof expected === 'string'
        ? [`try(${output}, "") == ${expressionText(expected)}`, expected]
        : [
            // Everything up to the last slash, which a table's name cannot have.
            `try(regex("^(.*/)[0-9T:.-]+$", ${output})[0], "") == ${expressionText(expected.streamOf)}`,
            `${expected.streamOf}<time>`,
          ];
    return {
      condition: `\${${condition}}`,
      error_message: `The output ${name} of ${this.stackId} must be ${right}, as the topology says. The state ${this.object} has ${shown(output)}. Deploy ${this.stackId} first. If the state has the same value after that, find out who else writes to it.`,
    };
  }
}

/** A value that anybody may have written: on one line, and without what a terminal would act on. */
const shown = (output: string) => `\${replace(jsonencode(try(${output}, null)), "/[^ -~]/", "?")}`;
