import { INDEXES } from '../../topology/limits';
import type { Problem, Report } from '../../topology/problem';
import type { GlobalSecondaryIndex, LocalSecondaryIndex, Table } from '../../topology/schema/table';
import { type CheckOf, distinct, type Producer } from './declared';

/** A table or one of its indexes, and where it is below the table. */
type Place<T> = readonly [path: Problem['path'], T];

/** Checks a table; the paths that it reports are below the table. */
type Check = (table: Table, report: Report) => void;

const globalIndexes = ({ globalSecondaryIndexes = [] }: Table) =>
  globalSecondaryIndexes.map(
    (index, place): Place<GlobalSecondaryIndex> => [['globalSecondaryIndexes', place], index],
  );

const indexes = (table: Table): Place<GlobalSecondaryIndex | LocalSecondaryIndex>[] => [
  ...globalIndexes(table),
  ...(table.localSecondaryIndexes ?? []).map(
    (index, place): Place<LocalSecondaryIndex> => [['localSecondaryIndexes', place], index],
  ),
];

const keyed = (table: Table) => [[[], table] as const, ...indexes(table)];

const keys: Check = (table, report) => {
  const types = new Map<string, string>();
  const hasOneType = (path: Problem['path'], { name, type }: Table['partitionKey']) => {
    const first = types.get(name) ?? type;
    types.set(name, first);
    const message = `must be ${first}, which ${name} is in another key: an attribute has one type`;
    if (type !== first) report([...path, 'type'], message, type);
  };
  for (const [path, { sortKey, ...own }] of keyed(table)) {
    const { partitionKey } = { ...table, ...own };
    hasOneType([...path, 'partitionKey'], partitionKey);
    if (sortKey?.name === partitionKey.name) {
      const message = 'must differ from the name of the partition key';
      report([...path, 'sortKey', 'name'], message, sortKey.name);
    } else if (sortKey) {
      hasOneType([...path, 'sortKey'], sortKey);
    }
  }
  const { timeToLive = '' } = table;
  const type = types.get(timeToLive) ?? 'N';
  const message = `must be an attribute of type N; in a key ${timeToLive} has type ${type}`;
  if (type !== 'N') report(['timeToLive'], message, timeToLive);
};

const local: Check = ({ sortKey, localSecondaryIndexes }, report) => {
  if (!localSecondaryIndexes || sortKey) return;
  const message =
    'must be left out, or the table have a sortKey; without one it cannot have local indexes';
  report(['localSecondaryIndexes'], message);
};

const names: Check = (table, report) => {
  const seen = new Set<string>();
  for (const [path, { name }] of indexes(table)) {
    if (seen.has(name)) report([...path, 'name'], 'must be the name of one index only', name);
    seen.add(name);
  }
};

const projections: Check = (table, report) => {
  let count = 0;
  for (const [path, { projection }] of indexes(table)) {
    if (typeof projection === 'string') continue;
    distinct(projection, [...path, 'projection'], report);
    count += projection.length;
    const message = `must be shorter: the indexes of a table list ${INDEXES.projectedAttributes} attributes at most, and up to this one ${count}`;
    if (count > INDEXES.projectedAttributes) report([...path, 'projection'], message);
  }
};

const capacities: Check = (table, report) => {
  const isProvisioned = table.billingMode === 'PROVISIONED';
  for (const [path, units] of [[[], table] as const, ...globalIndexes(table)]) {
    for (const key of ['readCapacity', 'writeCapacity'] as const) {
      if (isProvisioned === (units[key] !== undefined)) continue;
      const message = isProvisioned
        ? 'is missing; PROVISIONED needs capacity units'
        : 'must be left out, or billingMode be PROVISIONED';
      report([...path, key], message, units[key]);
    }
    if (!isProvisioned || !units.onDemandThroughput) continue;
    report([...path, 'onDemandThroughput'], 'must be left out, or billingMode be PAY_PER_REQUEST');
  }
};

export const tableSettings: CheckOf<Producer> = ({ table }, report) => {
  if (!table) return;
  const below: Report = (path, ...problem) => report(['table', ...path], ...problem);
  for (const check of [keys, local, names, projections, capacities]) check(table, below);
};
