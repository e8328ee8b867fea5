import { type Place, type TableName, tableOfStream } from '../arns';
import { producerAccounts, producerStackId } from '../names';
import type { Topology } from '../schema';
import type { Encryption } from '../schema/encryption';
import type { ExistingTable } from '../schema/table';

type Producer = Topology['producers'][string];

export type Account = Topology['accounts'][string] & Place;

/** A table as its readers see it. */
export interface TableReference extends TableName {
  readonly account: Account;
  readonly encryption: Encryption;
  /** Whether the reader's own code reads the table itself as well. */
  readonly readTable?: boolean;
}

/** A stream by the stack that publishes it, or by its ARN where others own it. */
export type Stream = { readonly producerStackId: string } | { readonly arn: string };

type Unread = ReturnType<typeof resolveProducer>;

export interface ResolvedProducer extends Unread {
  readonly readers: readonly Reader[];
}

/** A role as a stream policy sees it. */
export interface Reader {
  /** Of the role's consumer. The role of another team has none. */
  readonly stackId?: string;
  readonly account: Place;
  readonly roleArn: string;
  /** Whether it reads the table itself as well. */
  readonly readTable?: boolean;
}

/** A stream of a producer of the file. */
export interface Source {
  readonly name: string;
  /** What stack ids say of the account. */
  readonly idPart?: string;
  readonly table: TableReference;
  readonly stream: Stream;
  /** Left out where others own the stream. */
  readonly producer?: Unread;
}

/** An account of the file, with the tags of what is in it. */
export type AccountOf = (name: string, owner: Pick<Account, 'tags'>) => Account;

/** The streams of a producer, one in each of its accounts. */
export function sourcesOf(
  name: string,
  { existingStream, ...producer }: Producer,
  accountOf: AccountOf,
): Source[] {
  if (existingStream) {
    const { arn, kmsKeyArn } = existingStream;
    const encryption: Encryption = kmsKeyArn === undefined ? 'aws-owned' : { kmsKeyArn };
    return [{ name, table: { ...tableOfStream(arn), encryption }, stream: { arn } }];
  }
  return producerAccounts(producer).map(({ account, idPart }) => {
    const resolved = resolveProducer(name, producer, accountOf(account, producer), idPart);
    const { source: table, stackId: producerStackId } = resolved;
    return { name, idPart, table, stream: { producerStackId }, producer: resolved };
  });
}

function resolveProducer(name: string, producer: Producer, account: Account, idPart?: string) {
  const { table: created, existingTable, streamPolicy } = producer;
  /** The table that the stack creates, or the one that it finds. */
  const table = created
    ? { type: 'created' as const, ...created }
    : { type: 'existing' as const, ...(existingTable as ExistingTable) };
  const managed = streamPolicy !== 'none';
  const { principal, conditions, readers } = managed ? streamPolicy : OF_OTHERS;
  return {
    name,
    stackId: producerStackId(name, idPart),
    account,
    table,
    source: { account, name: table.name, encryption: table.encryption },
    /** `managed`: the stack sets the policy; others do otherwise, and it shows them the statement. */
    streamPolicy: { principal, conditions, readers, managed },
  };
}

const OF_OTHERS = { principal: 'role', conditions: [], readers: [] } as const;

/** Whether a producer's stack writes the roles as principals, which IAM must have propagated by then. */
export function namesRoles({ managed, principal }: Unread['streamPolicy']): boolean {
  return managed && principal === 'role';
}
