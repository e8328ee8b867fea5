import { isSequenceNumber } from '../../lambda-src/contract';
import { parseJson } from './json';

/** What Lambda answered to a synchronous invocation. */
export interface Answer {
  /** Set if the function failed: `Handled` or `Unhandled`. */
  readonly functionError?: string;
  /** What the function returned, or its error, as JSON; empty if it returned nothing. */
  readonly payload: string;
}

/**
 * Why a batch was not processed, or `undefined` if it was, by the rules of Lambda's own poller. An answer that Lambda
 * does not document (text, a list, not JSON) is a failure here, since a processed batch is deleted.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function failureOf({ functionError, payload }: Answer): string | undefined {
  if (functionError) return `the function failed: ${errorText(payload)}`;
  if (payload === '') return undefined;
  const response = parseJson(payload);
  if (response === undefined) return `the function's answer is not JSON: ${payload}`;
  if (typeof response !== 'object' || Array.isArray(response)) {
    return `the function's answer is neither an object nor null: ${payload}`;
  }
  const failures: unknown = Object(response).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return "batchItemFailures in the function's answer is not a list";
  if (failures.length === 0) return undefined;
  const identifiers: unknown[] = failures.map((failure) => Object(failure).itemIdentifier);
  if (!identifiers.every(isSequenceNumber)) {
    return 'the function reports a failure without a sequence number';
  }
  const lowest = identifiers.reduce((a, b) => (BigInt(b) < BigInt(a) ? b : a));
  return `the function failed at sequence number ${lowest}`;
}

/** Such as `TypeError: no such order`. */
function errorText(payload: string): string {
  const { errorType, errorMessage } = Object(parseJson(payload));
  const parts = [errorType, errorMessage].filter((part) => typeof part === 'string' && part !== '');
  return parts.join(': ') || payload;
}
