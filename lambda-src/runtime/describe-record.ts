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
  const { dynamodb } = Object(record);
  const { Keys } = Object(dynamodb);
  const description = {
    ...texts(record, 'eventID', 'eventName', 'eventSourceARN'),
    ...texts(dynamodb, 'SequenceNumber'),
    Keys: isObject(Keys) ? toKeys(Keys) : undefined,
  };
  const described = escapeUnseen(JSON.stringify(description));
  return described.length <= LONGEST ? described : `${described.slice(0, LONGEST)}…`;
}

/** At most a partition key and a sort key, of the types that a key can have. */
function toKeys(keys: object): object {
  const entries = Object.entries(keys).slice(0, 2);
  return Object.fromEntries(entries.map(([name, value]) => [name, texts(value, 'S', 'N', 'B')]));
}

function texts(value: unknown, ...names: string[]): object {
  const entries = names.map((name) => [name, Object(value)[name]]);
  return Object.fromEntries(entries.filter(([, text]) => typeof text === 'string'));
}
