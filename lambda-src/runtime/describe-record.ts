import { isObject } from './attribute-value';
import { escapeUnseen } from './escape-unseen';

/** Characters of a description; a key can have 3,072 bytes. */
const LONGEST = 2_000;

/**
 * Which record it is, for messages and the log: its ids and keys, never its images. Those are the table's data, and a
 * message goes where the data may not.
 *
 * @param record anything, since records that are malformed are described too
 */
export function describeRecord(record: unknown): string {
  const { eventID, eventName, eventSourceARN, dynamodb } = Object(record);
  const { SequenceNumber, Keys } = Object(dynamodb);
  const description = {
    eventID: text(eventID),
    eventName: text(eventName),
    eventSourceARN: text(eventSourceARN),
    SequenceNumber: text(SequenceNumber),
    Keys: isObject(Keys) ? toKeys(Keys) : undefined,
  };
  const described = escapeUnseen(JSON.stringify(description));
  return described.length <= LONGEST ? described : `${described.slice(0, LONGEST)}…`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** At most a partition key and a sort key, of the types that a key can have. */
function toKeys(keys: object): object {
  return Object.fromEntries(
    Object.entries(keys)
      .slice(0, 2)
      .map(([name, value]) => {
        const { S, N, B } = Object(value);
        return [name, { S: text(S), N: text(N), B: text(B) }];
      }),
  );
}
