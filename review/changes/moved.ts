import path from 'node:path';
import { few, groupBy } from '../lists';
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

/**
 * What exists and would be in another state, which does not have it: a deploy creates it again, and a destroy of
 * the old stack deletes it. The place of a finding is the old stack, or the state of all of them.
 */
export function moved(before: readonly Stack[], now: readonly Stack[]): Finding[] {
  const pairs = groupBy(moves(before, now), ({ from, to }) => [from.id, to.id]);
  const ends = pairs.flatMap(([{ from, to }]) => [from.id, to.id]);
  const stay = new Set(now.map(({ id }) => id).filter((id) => before.some((old) => old.id === id)));
  const isOnce = ({ id }: Stack) => ends.filter((end) => end === id).length === 1 && !stay.has(id);
  const found = pairs.map((own) => {
    const [{ from, to }] = own;
    const isRenamed = isOnce(from) && isOnce(to);
    const resources = few(own.map(({ resource }) => resource));
    return { place: from.id, message: (isRenamed ? renamed : split)(from, to, resources) };
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

function moves(before: readonly Stack[], now: readonly Stack[]) {
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
function renamed(from: Stack, to: Stack, resources: string): string {
  return `is ${to.id} now, whose state is empty, but these exist: ${resources}. A deploy of ${to.id} tries to create them again, a destroy of ${from.id} deletes them. Destroy nothing, and copy the state before the deploy: aws s3 cp ${stateOf(from)} ${stateOf(to)}; npm run plan -- ${to.id} then creates none of them`;
}

/** A part of a stack, or a stack that exists, whose state a copy would overwrite. */
function split(from: Stack, to: Stack, resources: string): string {
  return `has these in its state, and ${to.id} is to have them: ${resources}. A deploy of ${to.id} tries to create them again, a deploy or destroy of ${from.id} deletes them. Write them where they were; or move each before the deploy: terraform state rm in ${from.id}, and terraform import in ${to.id}`;
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
    const message = `of what exists is in ${old}, and would be in ${other}: ${few(own.map(({ id }) => id))}. A deploy tries to create all of it again. Keep the old bucket and keyPrefix (by default the topology's name), or move the state before the deploy: ${command}`;
    return { place: 'state', message };
  });
}

function folderOf(state: string): string {
  return state.replace(/[^/]*$/, '');
}
