import path from 'node:path';
import { groupBy } from '../lists';
import type { Finding, Found } from '../model';
import { Stacks } from '../read/resources';
import type { Stack } from '../read/stacks';

/** What no two resources of a type, an account and a Region have alike; types that hold data come first. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  aws_dynamodb_table: ['name'],
  aws_s3_bucket: ['bucket'],
  aws_cloudwatch_log_group: ['name'],
  aws_glue_catalog_database: ['name'],
  aws_athena_workgroup: ['name'],
  aws_lambda_function: ['function_name'],
  aws_lambda_event_source_mapping: ['event_source_arn', 'function_name'],
  aws_iam_role: ['name'],
  aws_iam_policy: ['name'],
  aws_dynamodb_resource_policy: ['resource_arn'],
  aws_sns_topic: ['name'],
  aws_kms_alias: ['name'],
  aws_cloudwatch_metric_alarm: ['alarm_name'],
  aws_cloudwatch_dashboard: ['dashboard_name'],
};
const GLOBAL = /^aws_(iam|s3)_/;

/** Resources that a message names before "and … more". */
const NAMED = 3;

interface Move {
  readonly from: Stack;
  readonly to: Stack;
  readonly resource: string;
}

/**
 * What exists and would be in another state, which does not have it: a deploy creates it again, and a destroy of
 * the old stack deletes it. The place of a finding is the old stack, or the state of all of them.
 */
export function moved(before: readonly Stack[], now: readonly Stack[]): Finding[] {
  const pairs = groupBy(moves(before, now), ({ from, to }) => [from.id, to.id]);
  const ends = pairs.flatMap(([{ from, to }]) => [from.id, to.id]);
  const isOnce = ({ id }: Stack) =>
    ends.filter((end) => end === id).length === 1 && !(has(before, id) && has(now, id));
  const found = pairs.map((own) => {
    const [{ from, to }] = own;
    const resources = own.map(({ resource }) => resource);
    return isOnce(from) && isOnce(to) ? renamed(from, to, resources) : split(from, to, resources);
  });
  return [...movedStates(before, now), ...found].map((each) => ({
    rule: 'moved',
    stops: true,
    ...each,
  }));
}

/** Where a state is: an address of S3, or a file in the working directory. */
export function stateOf({ json }: Stack): string {
  const { s3, local } = Object(json.terraform?.backend);
  return s3 ? `s3://${s3.bucket}/${s3.key}` : path.basename(String(local?.path));
}

function moves(before: readonly Stack[], now: readonly Stack[]): Move[] {
  const owners = new Map(namedResources(before).map(({ key, stack }) => [key, stack]));
  return namedResources(now).flatMap(({ key, stack: to, resource }) => {
    const from = owners.get(key);
    return from && from.id !== to.id ? [{ from, to, resource }] : [];
  });
}

function namedResources(all: readonly Stack[]) {
  const stacks = new Stacks(all);
  return Object.entries(NAMES).flatMap(([type, attributes]) =>
    stacks.resources(type).map((resource) => {
      const { stack, address } = resource;
      const name = attributes.map((attribute) => resource.text(attribute));
      const region = GLOBAL.test(type) ? '' : stack.region;
      return {
        key: JSON.stringify([type, stack.account, region, name]),
        stack,
        resource: `${address} (${name.join(', ')})`,
      };
    }),
  );
}

/** A new stack with what a removed one has: the state is copied. */
function renamed(from: Stack, to: Stack, resources: readonly string[]): Found {
  const [old, other] = [stateOf(from), stateOf(to)];
  const message = `is ${to.id} now, whose state is empty, but these exist: ${first(resources)}. A deploy of ${to.id} tries to create them again, a destroy of ${from.id} deletes them. Destroy nothing, and copy the state before the deploy: aws s3 cp ${old} ${other}; npm run plan -- ${to.id} then creates none of them`;
  return { place: from.id, message };
}

/** A part of a stack, or a stack that exists, whose state a copy would overwrite. */
function split(from: Stack, to: Stack, resources: readonly string[]): Found {
  const message = `has these in its state, and ${to.id} is to have them: ${first(resources)}. A deploy of ${to.id} tries to create them again, a deploy or destroy of ${from.id} deletes them. Write them where they were; or move each before the deploy: terraform state rm in ${from.id}, and terraform import in ${to.id}`;
  return { place: from.id, message };
}

/** Of stacks that keep their name. */
function movedStates(before: readonly Stack[], now: readonly Stack[]): Found[] {
  const all = now.flatMap((stack) => {
    const old = before.find(({ id }) => id === stack.id);
    const [from, to] = [stateOf(old ?? stack), stateOf(stack)];
    return from === to ? [] : [{ id: stack.id, from, to }];
  });
  return groupBy(all, ({ from, to }) => [folderOf(from), folderOf(to)]).map((own) => {
    const [{ from, to }] = own;
    const isFile = folderOf(from) === '';
    const [old, other] = isFile ? [from, to] : [folderOf(from), folderOf(to)];
    const command = isFile ? `mv ${old} ${other}` : `aws s3 cp --recursive ${old} ${other}`;
    const message = `of what exists is in ${old}, and would be in ${other}: ${first(own.map(({ id }) => id))}. A deploy tries to create all of it again. Keep the old bucket and keyPrefix (by default the topology's name), or move the state before the deploy: ${command}`;
    return { place: 'state', message };
  });
}

function folderOf(state: string): string {
  return state.replace(/[^/]*$/, '');
}

function has(stacks: readonly Stack[], id: string): boolean {
  return stacks.some((stack) => stack.id === id);
}

function first(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}
