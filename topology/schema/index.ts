/**
 * The topology file, as one zod schema. Types, defaults and the checks of single values come from it; what takes
 * several values is checked in load/checks/.
 *
 * Key names are Terraform's attribute names in camelCase.
 */
import type { z } from 'zod';
import { TAGS } from '../limits';
import { accountSchema } from './account';
import { consumerSchema } from './consumer';
import { producerSchema } from './producer';
import { stateSchema } from './state';
import { subscriptionSchema } from './subscription';
import { tagsSchema } from './tags';
import { list, NAME, NAME_RULE, named, object, text } from './values';

/**
 * Version of the AWS provider in the synthesized stacks. The resource classes are made from 6.25.0; no
 * argument that they write is another one in this version. It creates buckets with tags in every
 * partition (6.29.0), reads a table's new stream when its view type changes, and keeps indexes that are
 * ignored out of the plan (6.27.0).
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md
 */
export const AWS_PROVIDER_VERSION = '6.31.0';

/** @see docs/upgrading.md, section "Another version of the AWS provider" */
const EARLY_AWS_PROVIDER = /^6\.(\d|1\d|2[0-8])\.(0|[1-9]\d*)$/;
const TOO_EARLY =
  "must be 6.29.0 or later: earlier ones keep a replaced stream's policy on the old stream, and fail to create buckets in China, GovCloud and the European Sovereign Cloud";

const sections = object({
  name: text(NAME, NAME_RULE)
    .max(TAGS.valueLength.max, {
      error: `must be at most ${TAGS.valueLength.max} characters, since it is the value of a tag`,
    })
    .describe('Name of the topology: prefix of state keys, value of the tag Topology.'),
  tags: tagsSchema.default({}).describe('Tags of every resource.'),
  awsProviderVersion: text(
    /^6\.(29|[3-9]\d|[1-9]\d{2,})\.(0|[1-9]\d*)$/,
    `must be an exact version of the AWS provider 6 in quotes, such as "${AWS_PROVIDER_VERSION}"`,
    (value) => (EARLY_AWS_PROVIDER.test(String(value)) ? TOO_EARLY : undefined),
  )
    .default(AWS_PROVIDER_VERSION)
    .describe('Exact version of the Terraform provider hashicorp/aws, in quotes; 6.29.0 or later.'),
  state: stateSchema.describe('Where Terraform keeps its state.'),
  accounts: named(accountSchema, 'an account').describe('AWS accounts, by a name of your choice.'),
  consumers: named(consumerSchema, 'a consumer')
    .default({})
    .describe('Functions that read streams, by name.'),
  producers: named(producerSchema, 'a producer')
    .default({})
    .describe('Tables with a stream, by name.'),
  subscriptions: list(subscriptionSchema, '{ producer: …, consumer: … }')
    .default([])
    .describe('Who reads what.'),
});

export const topologySchema = sections
  .refine(({ consumers, producers }) => Object.keys({ ...consumers, ...producers }).length > 0, {
    error: 'must have a consumer or a producer',
  })
  .meta({ anyOf: [{ required: ['consumers'] }, { required: ['producers'] }] });

/** A topology file after its own checks, with defaults filled in. */
export type Topology = z.output<typeof topologySchema>;
