import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeStacks } from '../../stacks/synthesize';
import { partitionOf } from '../../topology/arns';
import { temporaryFolder } from '../../topology/paths';
import { formatPath, UserError } from '../../topology/problem';
import type { ResolvedTopology } from '../../topology/resolve';

/** What there can be, with more that the review does not read. */
const some = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape).partial().optional();

/** A block, with the types of what the review reads in it without following references. */
const block = z.looseObject({
  lifecycle: some({ postcondition: z.array(z.looseObject({})) }),
  environment: some({ variables: z.record(z.string(), z.string()) }),
  filter_criteria: some({ filter: z.array(z.looseObject({ pattern: z.string() })) }),
  config: some({}),
});

const provider = z.looseObject({
  region: z.string(),
  allowed_account_ids: z.array(z.string()).optional(),
  assume_role: z.array(z.looseObject({ role_arn: z.string().optional() })).optional(),
});

const blocks = z.record(z.string(), z.record(z.string(), block));

const stackJson = z.looseObject({
  terraform: some({
    backend: some({ s3: some({}) }),
    required_providers: some({ aws: some({ version: z.string() }) }),
  }),
  provider: z.looseObject({ aws: z.tuple([provider], z.looseObject({})) }),
  resource: blocks.optional(),
  data: blocks.optional(),
  output: z.record(z.string(), z.looseObject({})).optional(),
});

export type Block = z.infer<typeof block>;
export type StackJson = z.infer<typeof stackJson>;

/** A synthesized stack, and where its provider may deploy it. */
export type Stack = ReturnType<typeof parseStack>;

/**
 * Reads what `cdktf synth` wrote, in the order of the stacks' ids: tenant-2 before tenant-10.
 *
 * @param folder such as `cdktf.out`
 * @throws UserError if there is a stack that cannot be read
 */
export function readStacks(folder: string): Stack[] {
  return readdirSync(path.join(folder, 'stacks'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((id) => parseStack(id, readJson(path.join(folder, 'stacks', id, 'cdk.tf.json'))));
}

/** The same of what a topology synthesizes. */
export function stacksOf(topology: ResolvedTopology): Stack[] {
  const folder = temporaryFolder('review-');
  try {
    writeStacks(topology, folder);
    return readStacks(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws UserError if a folder is none of synthesized stacks */
export function ensureSynthesized(folder: string): void {
  const stacks = path.join(folder, 'stacks');
  if (!existsSync(stacks)) throw new UserError(`${stacks} is missing; run npm run synth`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}; run npm run synth`);
  }
}

/** @throws UserError if it does not have the form that Terraform takes, or no AWS provider with a Region */
export function parseStack(id: string, content: unknown) {
  const { data, error } = stackJson.safeParse(content);
  if (!data) {
    const [{ path: place = [], message = '' } = {}] = error.issues;
    const inJsonWords = message.replace('record', 'object').replace('tuple', 'array');
    throw new UserError(`${id} ${addressOf(place)}: ${inJsonWords}`);
  }
  const [{ region, allowed_account_ids: accounts = [] }] = data.provider.aws;
  // The only account that the provider accepts; zeros where the credentials decide.
  const [account = '000000000000'] = accounts;
  // Not the parsed one, which has its keys in another order.
  const json = content as StackJson;
  return { id, json, account, region, partition: partitionOf(region) };
}

/** `aws_iam_role.execution_role name`, or `terraform.backend.s3.bucket` of what is no resource. */
export function addressOf(place: readonly PropertyKey[]): string {
  const [section, type] = place;
  const isBlock = (section === 'resource' || section === 'data') && type !== undefined;
  if (!isBlock) return formatPath(place);
  const block = place.slice(section === 'data' ? 0 : 1, 3).join('.');
  return [block, formatPath(place.slice(3))].filter(Boolean).join(' ');
}
