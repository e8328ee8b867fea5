import { SINK_VARIABLES } from '../lambda-src/contract';
import type { Stacks } from './read/resources';

/** The way of the records: the functions of the stacks, and which of them reads which stream. */
export type Pipeline = ReturnType<typeof readPipeline>;

export function readPipeline(stacks: Stacks) {
  return {
    functions: stacks.resources('aws_lambda_function').map((resource) => ({
      resource,
      arn: resource.text('arn'),
      name: resource.text('function_name'),
      account: resource.stack.account,
      roleArn: resource.text('role'),
      /** Name of the bucket it writes to; its log otherwise. */
      sinkBucket: resource.optional(`environment.variables.${SINK_VARIABLES.s3.bucket}`),
    })),
    mappings: stacks.resources('aws_lambda_event_source_mapping').map((resource) => ({
      resource,
      streamArn: resource.text('event_source_arn'),
      functionArn: resource.text('function_name'),
      /** ARN of what discarded batches are sent to. */
      onFailureArn: resource.optional('destination_config.on_failure.destination_arn'),
    })),
  };
}
