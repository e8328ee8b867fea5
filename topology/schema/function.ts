import { z } from 'zod';
import { FUNCTION, LAYERS, LOG_RETENTION_IN_DAYS, VPC } from '../limits';
import { runtimeRule, USABLE_RUNTIMES } from '../runtimes';
import { executionRoleArn } from './aws';
import { choice, exclusive, flag, integer, list, object, sized, text } from './values';

const code = object({
  directory: text(/./, "must be the path of a folder, relative to the topology's file").describe(
    'Prepared folder, relative to this file, that becomes the deployment package as it is, links followed: at most 250 MB, and 50 MB zipped.',
  ),
  handler: sized(
    /^[\w./:-]*$/,
    FUNCTION.handlerLength,
    () => 'must be a handler, such as index.handler',
  ).describe(
    'Handler, as the runtime expects it. Its file must be in the folder; ES modules must export it, and Python modules have its name. What Java and .NET compiled is not looked into.',
  ),
});

const functionName = sized(
  /^[a-zA-Z0-9_-]*$/,
  FUNCTION.nameLength,
  (length) => `must be a function name: ${length} letters, digits, hyphens and underscores`,
);

const ids = (prefix: string, what: string, most: number) =>
  list(
    text(
      new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      `must be the ID of a ${what}, such as ${prefix}-0123456789abcdef0`,
    ),
  )
    .min(1, { error: `must have at least one ${what}` })
    .max(most, { error: `must be at most ${most} ${what}s` });

const vpc = object({
  subnetIds: ids('subnet', 'subnet', VPC.subnets).describe('Subnets of one VPC.'),
  securityGroupIds: ids('sg', 'security group', VPC.securityGroups).describe(
    'Security groups of that VPC.',
  ),
  ipv6AllowedForDualStack: flag()
    .optional()
    .describe('Whether the function may send over IPv6, in subnets that have it. Default: false.'),
});

const layerArn = text(
  new RegExp(
    `^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\\d{12}:layer:[\\w-]{1,${LAYERS.nameLength.max}}:[1-9]\\d*$`,
  ),
  'must be the ARN of a version of a layer, such as arn:aws:lambda:us-east-1:111122223333:layer:example:1',
);

const settings = object({
  name: functionName.describe('Name of the function.'),
  entry: text(
    /\.[cm]?[jt]s$/,
    "must be the path of a TypeScript or JavaScript file, relative to the topology's file",
  )
    .optional()
    .describe(
      'TypeScript file, relative to this file, whose default export is a processor, or that exports `handler`; it is bundled. Default: the function of the sink, lambda-src/index.ts.',
    ),
  files: list(text(/./, "must be the path of a file or a folder, relative to the topology's file"))
    .default([])
    .describe(
      'Files and folders, relative to this file, that the function reads at run time, in the folder of entry; in the package they have the same path from there.',
    ),
  code: code.optional().describe('Instead of entry: any prepared folder, any runtime.'),
  runtime: z
    .enum(USABLE_RUNTIMES, { error: ({ input }) => runtimeRule(input) })
    .default('nodejs24.x')
    .describe('Lambda runtime. The review says when AWS ends its support.'),
  architecture: choice(['arm64', 'x86_64']).default('arm64').describe('Instruction set.'),
  memorySize: integer(FUNCTION.memorySize, ' MB').default(256).describe('Memory in MB.'),
  timeout: integer(FUNCTION.timeout, ' seconds')
    .default(60)
    .describe('Time one invocation may take, in seconds.'),
  ephemeralStorage: integer(FUNCTION.ephemeralStorage, ' MB')
    .optional()
    .describe(
      'Size of /tmp in MB. Left out, Terraform leaves it as it is, which is 512 at first: write 512 to make it small again.',
    ),
  description: sized(
    /^/,
    FUNCTION.descriptionLength,
    (length) => `must be a description of ${length} characters`,
  )
    .optional()
    .describe('Description, which the console shows.'),
  vpc: vpc
    .optional()
    .describe(
      "VPC in which the function's requests start. Reading the stream does not go through it. Left out: none.",
    ),
  layers: list(layerArn)
    .min(1, { error: 'must have at least one layer; leave it out for none' })
    .max(LAYERS.count, { error: `must be at most ${LAYERS.count} layers` })
    .optional()
    .describe('Versions of layers, whose code runs in the function, in the order they are merged.'),
  tracing: choice(['Active', 'PassThrough'])
    .optional()
    .describe(
      'Traces of AWS X-Ray: Active samples invocations. To turn it off write PassThrough: left out, Terraform leaves it as it is, which is PassThrough at first, but the role may no longer write traces.',
    ),
  reservedConcurrentExecutions: integer(
    FUNCTION.reservedConcurrentExecutions,
    ' (to pause, write enabled: false in the subscription)',
  )
    .optional()
    .describe(
      'Reserved concurrency: the function always has it, and never more. Default: none is reserved. With fewer than the parallelizationFactor of its subscriptions together, batches wait.',
    ),
  environment: z
    .record(
      z.string(),
      z.string({ error: 'must be a string; put numbers and booleans in quotes' }),
      { error: 'must be a mapping from variable names to strings' },
    )
    .default({})
    .describe('Environment variables.'),
  logRetentionInDays: z
    .literal(LOG_RETENTION_IN_DAYS.values, {
      error: `must be one of ${LOG_RETENTION_IN_DAYS.values.join(', ')} days`,
    })
    .default(30)
    .describe('Days for which CloudWatch Logs keeps the log.'),
});

export const functionSchema = exclusive(settings, { keys: ['entry', 'code'] });

export const existingFunctionSchema = object({
  name: functionName.describe('Name of a function of the account.'),
  roleArn: executionRoleArn.describe(
    'ARN of its execution role. Its owner gives it the policy of the output role_policy.',
  ),
});

export type Code = z.output<typeof code>;
export type ExistingFunction = z.output<typeof existingFunctionSchema>;
