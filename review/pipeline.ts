import { SINK_VARIABLES } from '../lambda-src/contract';
import type { Resource, Stacks } from './read/resources';

/** A function of the stacks. */
export interface ProcessingFunction {
  readonly resource: Resource;
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly roleArn: string;
  /** Name of the bucket it writes to; its log otherwise. */
  readonly sinkBucket?: string;
}

/** An event source mapping of the stacks: which function reads which stream. */
export interface Mapping {
  readonly resource: Resource;
  readonly streamArn: string;
  readonly functionArn: string;
  /** ARN of what discarded batches are sent to. */
  readonly onFailureArn?: string;
}

/** The way of the records. */
export interface Pipeline {
  readonly functions: readonly ProcessingFunction[];
  readonly mappings: readonly Mapping[];
}

export function readPipeline(stacks: Stacks): Pipeline {
  return {
    functions: stacks.resources('aws_lambda_function').map((resource) => ({
      resource,
      arn: resource.text('arn'),
      name: resource.text('function_name'),
      account: resource.stack.account,
      roleArn: resource.text('role'),
      sinkBucket: resource.optional(`environment.variables.${SINK_VARIABLES.s3.bucket}`),
    })),
    mappings: stacks.resources('aws_lambda_event_source_mapping').map((resource) => ({
      resource,
      streamArn: resource.text('event_source_arn'),
      functionArn: resource.text('function_name'),
      onFailureArn: resource.optional('destination_config.on_failure.destination_arn'),
    })),
  };
}
