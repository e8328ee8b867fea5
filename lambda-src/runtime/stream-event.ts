/**
 * What Lambda gives a function that reads a stream, and what it answers. Types of `@types/aws-lambda` fit in both
 * directions; with them, whoever uses a processor would have to install that package.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 */
export interface StreamEvent {
  Records: StreamRecord[];
}

export interface StreamRecord {
  awsRegion?: string;
  dynamodb?: {
    /** Seconds since 1970. */
    ApproximateCreationDateTime?: number;
    Keys?: Image;
    NewImage?: Image;
    OldImage?: Image;
    SequenceNumber?: string;
    SizeBytes?: number;
    StreamViewType?: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
  };
  eventID?: string;
  eventName?: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventSource?: string;
  eventSourceARN?: string;
  eventVersion?: string;
  userIdentity?: { type?: string; principalId?: string };
}

export interface Image {
  [attribute: string]: AttributeValue;
}

/** By its type; bytes are base64. */
interface Values {
  S: string;
  N: string;
  B: string;
  BOOL: boolean;
  NULL: boolean;
  M: Image;
  L: AttributeValue[];
  SS: string[];
  NS: string[];
  BS: string[];
}

/** Exactly one of them. */
export type AttributeValue = {
  [Type in keyof Values]: Pick<Values, Type> & { [Other in Exclude<keyof Values, Type>]?: never };
}[keyof Values];

export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly clientContext?: { readonly custom?: Readonly<Record<string, unknown>> };
  /** Milliseconds until Lambda ends the function. Default: the longest time that it may run, for tests. */
  getRemainingTimeInMillis?(): number;
}

/** The first record to deliver again, by its sequence number; none if all were processed. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}
