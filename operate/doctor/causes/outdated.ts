import { few } from '../../../review/lists';
import type { Block, Stack } from '../../../review/read/stacks';
import { ownPage } from '../../../topology/own-files';
import { formatValue } from '../../../topology/problem';
import { causesIn, type Looked } from '../cause';
import type { Facts } from '../facts';
import { isFound } from '../read/reader';
import type { State } from '../read/states';
import { deploy, typed } from '../remedies';

/**
 * Types whose attributes are compared. Only plain values are, which Terraform writes into a state as the
 * configuration has them.
 */
const COMPARED = [
  'aws_cloudwatch_log_group',
  'aws_dynamodb_table',
  'aws_iam_role',
  'aws_lambda_event_source_mapping',
  'aws_lambda_function',
];

/** Stacks of which the topology synthesizes something else than what was deployed. */
export function outdated({ stacks, states, hasOtherApp }: Facts): Looked[] {
  // What another app adds is in the states, and not synthesized here.
  if (hasOtherApp) return [];
  return stacks.all.map((synthesized) => {
    const place = states.get(synthesized.id);
    const differences = place && isFound(place.state) ? differing(synthesized, place.state) : [];
    if (!place || differences.length === 0) return undefined;
    const { stack } = place;
    const isLacking = differences.every((each) => each.startsWith(LACKS));
    const first = isLacking
      ? `import what it wants to create and AWS has (${ownPage('repair.md')}), `
      : '';
    return causesIn(place, 'state')(
      'state-older',
      isLacking
        ? `not all of ${stack} is in its state: the topology was changed since, a deploy stopped, or the state lost it: ${few(differences, 5)}`
        : `the topology has been changed, and ${stack} not deployed since: ${few(differences, 5)}`,
      `look at what a deploy changes: ${typed(`npm run plan -- ${stack}`)}; ${first}then ${deploy(stack)}`,
    );
  });
}

const LACKS = 'the state lacks ';

function differing(stack: Stack, state: State): string[] {
  const blocks = new Map<string, { type: string; block: Block }>(
    Object.entries(stack.json.resource ?? {}).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => [`${type}.${name}`, { type, block }] as const),
    ),
  );
  const added = [...blocks.keys()].filter((address) => !state.resources.has(address));
  const removed = [...state.resources.keys()].filter(
    (address) => !address.startsWith('data.') && !blocks.has(address),
  );
  const changed = [...blocks].flatMap(([address, { type, block }]) => {
    const attributes = state.resources.get(address);
    if (!attributes || !COMPARED.includes(type)) return [];
    return plainValues(block)
      .filter(([name, value]) => !isSame(attributes[name], value))
      .map(
        ([name, value]) =>
          `${address} ${name} is ${formatValue(attributes[name])}, in the topology ${formatValue(value)}`,
      );
  });
  return [
    ...changed,
    ...otherCode(stack, state),
    ...added.map((address) => `${LACKS}${address}`),
    ...removed.map((address) => `the topology lacks ${address}`),
  ];
}

type Plain = string | number | boolean;

/** Attributes of a block without references, which Terraform does not leave as they are. */
function plainValues(block: Readonly<Record<string, unknown>>): [string, Plain][] {
  const { ignore_changes: ignored = [] } = Object(block.lifecycle);
  return Object.entries(block).filter((entry): entry is [string, Plain] => {
    const [name, value] = entry;
    if (name === 'provider' || ignored === 'all' || ignored.includes(name)) return false;
    if (typeof value === 'string') return !/[$%]\{/.test(value);
    return typeof value === 'number' || typeof value === 'boolean';
  });
}

/** Terraform normalizes text, and providers leave out what is the default. */
function isSame(inState: unknown, value: Plain): boolean {
  if (inState === undefined || inState === null) return !value;
  return String(inState).normalize('NFC') === String(value).normalize('NFC');
}

const ARCHIVE = 'processor_archive';

/** Code is in a folder whose name is the hash of its files. */
function otherCode(stack: Stack, state: State): string[] {
  const hashOf = (attributes?: Readonly<Record<string, unknown>>) =>
    /[0-9A-F]{32}/.exec(String(attributes?.source_dir))?.[0];
  const deployed = hashOf(state.resources.get(`data.archive_file.${ARCHIVE}`));
  const synthesized = hashOf(stack.json.data?.archive_file?.[ARCHIVE]);
  if (!deployed || !synthesized || deployed === synthesized) return [];
  return [`the code of the function is ${deployed}, in the topology ${synthesized}`];
}
