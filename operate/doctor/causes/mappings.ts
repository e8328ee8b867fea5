import { isDeepStrictEqual } from 'node:util';
import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda';
import { MAPPING_METRICS } from '../../../constructs/monitoring/metrics';
import type { Resource } from '../../../review/read/resources';
import { arns } from '../../../topology/arns';
import { ownPage } from '../../../topology/own-files';
import { type Cause, causesIn, type Looked } from '../cause';
import type { Facts, SubscriptionFacts } from '../facts';
import { isFound } from '../read/reader';
import { deploy, typed } from '../remedies';
import { RECENT, time } from '../times';
import { refusal } from './refusal';

type Mapping = EventSourceMappingConfiguration;

/** Event source mappings: gone, disabled, other than synthesized, and those that Lambda cannot read with. */
export function mappings({ subscriptions, stacks, now }: Facts): Looked[] {
  const synthesized = new Map(
    stacks
      .resources('aws_lambda_event_source_mapping')
      .map((resource) => [resource.stack.id, resource]),
  );
  return subscriptions.flatMap((facts) => {
    const { mapping: found, stack } = facts;
    const meant = synthesized.get(stack);
    if (found === 'absent') return [missing(facts)];
    if (!isFound(found) || !meant) return [];
    return [isDisabled(found, facts), differs(found, meant, facts), isUnread(found, facts, now)];
  });
}

function missing(facts: SubscriptionFacts): Cause {
  const from =
    facts.subscription.startingPosition === 'LATEST'
      ? 'it reads what is written from then on (startingPosition: LATEST)'
      : 'it reads the last 24 hours again (startingPosition: TRIM_HORIZON)';
  return causesIn(facts, 'mapping')(
    'mapping-missing',
    'the event source mapping of the state was deleted in AWS: nothing reads the stream',
    `create it again: ${deploy(facts.stack)}; ${from}`,
  );
}

function isDisabled(
  { State, StateTransitionReason, LastModified }: Mapping,
  facts: SubscriptionFacts,
): Looked {
  if (!facts.subscription.enabled || !/^Disabl/.test(State ?? '')) return undefined;
  const since = LastModified ? ` since ${time(LastModified)}` : '';
  return causesIn(facts, 'mapping')(
    'mapping-disabled',
    `the event source mapping is ${State}${since} (${StateTransitionReason}), and the topology has enabled: true: nothing reads the stream, which keeps a record for 24 hours`,
    `enable it: ${deploy(facts.stack)}`,
  );
}

/** Settings by the names of Terraform, which the synthesized mapping has. */
const SETTINGS: Readonly<Record<string, (mapping: Mapping) => unknown>> = {
  starting_position: ({ StartingPosition }) => StartingPosition,
  batch_size: ({ BatchSize }) => BatchSize,
  maximum_batching_window_in_seconds: (each) => each.MaximumBatchingWindowInSeconds ?? 0,
  parallelization_factor: ({ ParallelizationFactor }) => ParallelizationFactor ?? 1,
  bisect_batch_on_function_error: (each) => each.BisectBatchOnFunctionError ?? false,
  maximum_retry_attempts: ({ MaximumRetryAttempts }) => MaximumRetryAttempts ?? -1,
  maximum_record_age_in_seconds: (each) => each.MaximumRecordAgeInSeconds ?? -1,
  tumbling_window_in_seconds: ({ TumblingWindowInSeconds }) => TumblingWindowInSeconds ?? 0,
  function_name: ({ FunctionArn }) => FunctionArn,
  'destination_config.on_failure.destination_arn': (each) =>
    each.DestinationConfig?.OnFailure?.Destination,
};

function differs(mapping: Mapping, meant: Resource, facts: SubscriptionFacts): Looked {
  const { stack, subscription } = facts;
  const settings = Object.entries(SETTINGS).flatMap(([name, settingOf]) => {
    const value = settingOf(mapping) ?? 'none';
    const expected = meant.optional(name) ?? String(value);
    return String(value) === expected ? [] : [`${name} is ${value} instead of ${expected}`];
  });
  const all = [
    ...settings,
    ...differencesOfLists(mapping, meant),
    ...differenceOfSource(mapping, facts),
    ...(mapping.State === 'Enabled' && !subscription.enabled
      ? ['enabled is true instead of false']
      : []),
  ];
  if (all.length === 0) return undefined;
  return causesIn(facts, 'mapping')(
    'mapping-differs',
    `the event source mapping is not what the topology synthesizes: ${all.join('; ')}`,
    `look at the plan: ${typed(`npm run plan -- ${stack}`)}; then ${deploy(stack)}`,
  );
}

function differencesOfLists(mapping: Mapping, meant: Resource): string[] {
  const { filter_criteria, function_response_types, metrics_config } = meant.block as Lists;
  const filters = (filter_criteria?.filter ?? []).map(({ pattern }) => meant.resolve(pattern));
  const live = (mapping.FilterCriteria?.Filters ?? []).map(({ Pattern = '' }) => Pattern);
  const lists: [string, readonly unknown[], readonly unknown[]][] = [
    ['filter_criteria', live.map(parsed), filters.map(parsed)],
    ['function_response_types', mapping.FunctionResponseTypes ?? [], function_response_types ?? []],
    ['metrics_config', mapping.MetricsConfig?.Metrics ?? [], metrics_config?.metrics ?? []],
  ];
  return lists
    .filter(([, value, expected]) => !isDeepStrictEqual(new Set(value), new Set(expected)))
    .map(([name, ...both]) => {
      const [value, expected] = both.map((list) => JSON.stringify(list));
      return `${name} is ${value} instead of ${expected}`;
    });
}

interface Lists {
  readonly filter_criteria?: { readonly filter: readonly { readonly pattern: string }[] };
  readonly function_response_types?: readonly string[];
  readonly metrics_config?: { readonly metrics: readonly string[] };
}

/** A pattern, whatever the order of its keys and its spaces; as it is where it is not JSON. */
function parsed(pattern: string): unknown {
  try {
    return JSON.parse(pattern);
  } catch {
    return pattern;
  }
}

/** The time at the end of a stream's ARN is not known before the table is created. */
function differenceOfSource(
  { EventSourceArn = 'none' }: Mapping,
  { subscription: { stream, source } }: SubscriptionFacts,
): string[] {
  const [expected, isMeant] =
    'arn' in stream
      ? [stream.arn, EventSourceArn === stream.arn]
      : [`${arns.streams(source)}…`, EventSourceArn.startsWith(arns.streams(source))];
  return isMeant ? [] : [`event_source_arn is ${EventSourceArn} instead of ${expected}`];
}

/** What Lambda does with a batch is in the metrics of the function; this is long ago where nothing new comes. */
const OF_FUNCTION = /^PROBLEM: Function (call failed|not found)/;

function isUnread(mapping: Mapping, facts: SubscriptionFacts, now: Date): Looked {
  const { consumer, subscription } = facts;
  const { State, LastProcessingResult: result = '', LastModified = now, UUID = '' } = mapping;
  if (State !== 'Enabled' || !subscription.enabled) return undefined;
  const cause = causesIn(facts, 'mapping');
  const refused = refusal(result, facts);
  if (refused) return cause('mapping-refused', ...refused);

  // Lambda sends a 0 for a stream with nothing new, so it is silent only if it does not read.
  const { polls } = MAPPING_METRICS;
  const [last] = consumer.metrics.of(polls, UUID);
  const isNew = now.getTime() - LastModified.getTime() < 2 * RECENT * 60_000;
  const reads = consumer.metrics.of(polls, UUID, RECENT).length > 0;
  if (!last || isNew || reads) return undefined;
  const said = result.startsWith('PROBLEM') && !OF_FUNCTION.test(result) ? `: ${result}` : '';
  return cause(
    'mapping-refused',
    `Lambda last read the stream at ${time(last.at)}${said}`,
    `look at the stream, its policy, the role and the table's key; if AWS has a failure, wait, since Lambda goes on by itself where it stopped. ${ownPage('alarms.md')}, not-polled, says more`,
  );
}
