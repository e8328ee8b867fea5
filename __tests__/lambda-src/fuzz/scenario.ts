import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { described, record } from '../../helpers/records';

/** What a change does to its processor, or what is wrong with its record. */
export type Kind = (typeof GOOD)[number] | (typeof BAD)[number];

const GOOD = ['ok', 'slow', 'busy', 'thenable', 'fails once'] as const;
const BAD = [
  'throws',
  'rejects',
  'rejects with nothing',
  'waits for its signal',
  'never ends',
  'cannot be decoded',
  'has no event name',
  'has no keys',
  'has no sequence number',
] as const;

export const isBad = (kind: Kind) => BAD.some((bad) => bad === kind);

interface Spec {
  readonly kind: Kind;
  readonly item: number;
  /** Whether its key attributes come in the other order. */
  readonly swapped: boolean;
  /** That it takes. */
  readonly milliseconds: number;
}

export interface Scenario {
  readonly changes: readonly Spec[];
  readonly batchSize: number;
  readonly retries: number;
  readonly bisect: boolean;
  readonly progressUsesRetry: boolean;
  /** The invocations whose answers are lost. */
  readonly lost: readonly number[];
}

/** @param bad how often a change is, of 30 and these; with few, much is done before a failure */
const changes = (bad: number): fc.Arbitrary<Spec[]> => {
  const spec = fc.record({
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constant<Kind>('ok') },
      { weight: 10, arbitrary: fc.constantFrom<Kind>(...GOOD) },
      { weight: bad, arbitrary: fc.constantFrom<Kind>(...BAD) },
    ),
    item: fc.nat(7),
    swapped: fc.boolean(),
    milliseconds: fc.nat(30),
  });
  return fc.array(spec, { minLength: 1, maxLength: 40, size: 'max' });
};

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  changes: fc.oneof(changes(10), changes(1)),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(40)),
  retries: fc.nat(5),
  bisect: fc.boolean(),
  progressUsesRetry: fc.boolean(),
  lost: fc.array(fc.nat(20), { maxLength: 2 }),
});

/** Their `eventID` ends in the index. */
export function toRecords(changes: readonly Spec[]): DynamoDBRecord[] {
  return changes.map(({ kind, item, swapped }, index) => {
    const [pk, sk] = [{ S: `item-${item % 4}` }, { N: String(item % 2) }];
    const Keys = swapped ? { sk, pk } : { pk, sk };
    const wrong: Partial<Record<Kind, DynamoDBRecord['dynamodb']>> = {
      'cannot be decoded': { Keys, NewImage: JSON.parse('{"Total":{"X":"1"}}') },
      'has no keys': { Keys: undefined },
      'has no sequence number': { Keys, SequenceNumber: undefined },
    };
    const one = described(index, wrong[kind] ?? { Keys });
    return kind === 'has no event name' ? record(index, { ...one, eventName: undefined }) : one;
  });
}
