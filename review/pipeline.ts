import type { References } from './read/references';
import { type Block, type Resource, resourcesOf, type Stack } from './read/stacks';

/** A function of the stacks. */
export interface ProcessingFunction {
  readonly resource: Resource;
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly roleArn: string;
  /** MB. */
  readonly memorySize: number;
  readonly architecture: string;
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
  /** Records. */
  readonly batchSize: number;
  /** Whether Lambda publishes metrics of this mapping. */
  readonly metrics: boolean;
}

/** The way of the records. */
export interface Pipeline {
  readonly functions: readonly ProcessingFunction[];
  readonly mappings: readonly Mapping[];
}

/** Lambda's own defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const DEFAULT_MEMORY_SIZE = 128;
const DEFAULT_BATCH_SIZE = 100;

export function readPipeline(stacks: readonly Stack[], references: References): Pipeline {
  return {
    functions: resourcesOf(stacks, 'aws_lambda_function').map((resource) => ({
      resource,
      arn: references.attribute(resource, 'arn'),
      name: references.attribute(resource, 'function_name'),
      account: resource.stack.account,
      roleArn: references.attribute(resource, 'role'),
      memorySize: (resource.block.memory_size as number | undefined) ?? DEFAULT_MEMORY_SIZE,
      architecture: references.optional(resource, 'architectures.0') ?? 'x86_64',
      sinkBucket: references.optional(resource, 'environment.variables.SINK_BUCKET'),
    })),
    mappings: resourcesOf(stacks, 'aws_lambda_event_source_mapping').map((resource) => ({
      resource,
      streamArn: references.attribute(resource, 'event_source_arn'),
      functionArn: references.attribute(resource, 'function_name'),
      onFailureArn: references.optional(resource, 'destination_config.on_failure.destination_arn'),
      batchSize: (resource.block.batch_size as number | undefined) ?? DEFAULT_BATCH_SIZE,
      metrics: hasMetrics(resource.block),
    })),
  };
}

function hasMetrics({ metrics_config: config }: Block): boolean {
  const { metrics } = (config ?? {}) as Block;
  return Array.isArray(metrics) && metrics.length > 0;
}
