import { SINK_VARIABLES } from '../lambda-src/contract';
import type { References } from './read/references';
import { type Resource, resourcesOf, type Stack } from './read/stacks';

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
interface Mapping {
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

export function readPipeline(stacks: readonly Stack[], references: References): Pipeline {
  return {
    functions: resourcesOf(stacks, 'aws_lambda_function').map((resource) => ({
      resource,
      arn: references.attribute(resource, 'arn'),
      name: references.attribute(resource, 'function_name'),
      account: resource.stack.account,
      roleArn: references.attribute(resource, 'role'),
      sinkBucket: references.optional(resource, `environment.variables.${SINK_VARIABLES.bucket}`),
    })),
    mappings: resourcesOf(stacks, 'aws_lambda_event_source_mapping').map((resource) => ({
      resource,
      streamArn: references.attribute(resource, 'event_source_arn'),
      functionArn: references.attribute(resource, 'function_name'),
      onFailureArn: references.optional(resource, 'destination_config.on_failure.destination_arn'),
    })),
  };
}
