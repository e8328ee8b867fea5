/** Whether it is the sequence number of a record: digits, too many for a number. */
export function isSequenceNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\d+$/.test(value);
}
