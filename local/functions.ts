import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import { type Access, sayRefusals } from './access';
import { type LocalAws, serveAws } from './function/aws';
import {
  type InjectedFault,
  type Invoked,
  type LocalFunction,
  startFunction,
} from './function/function';
import type { S3Call } from './function/s3';
import type { FunctionPart } from './parts';
import type { Say } from './step';

/** The functions of a play: a process each, started when it is needed, and what answers their calls to AWS. */
export class Functions {
  private readonly started = new Map<string, LocalFunction>();
  private aws: LocalAws | undefined;
  /** Texts of refusals: a retry is refused for the same reason. */
  private readonly said = new Set<string>();

  /** @param folder of the buckets */
  constructor(
    private readonly parts: readonly FunctionPart[],
    private readonly access: () => Access,
    private readonly folder: string,
    private readonly say: Say,
  ) {}

  async invoke(
    { setUp }: FunctionPart,
    records: readonly StreamRecord[],
    ...more: [fault?: InjectedFault, clientContext?: object]
  ): Promise<Invoked> {
    this.aws ??= await serveAws(this.folder, (call) => this.refusal(call));
    const { endpoint, wrote } = this.aws;
    const known = this.started.get(setUp.arn) ?? startFunction({ ...setUp, endpoint, wrote });
    this.started.set(setUp.arn, known);
    return known.invoke({ Records: records }, ...more);
  }

  /** Why a function's code may not call S3, in AWS's words. */
  private refusal(call: S3Call): string | undefined {
    const caller = this.parts.find((part) => part.setUp.arn === call.functionArn);
    if (!caller) return 'the function is not in the topology';
    const refusals = this.access().calling(caller.roleArn, call);
    if (refusals.length === 0) return undefined;
    sayRefusals(
      refusals.filter(({ text }) => !this.said.has(text)),
      caller.place,
      this.say,
    );
    for (const { text } of refusals) this.said.add(text);
    return `User: ${caller.roleArn} is not authorized to perform: ${call.action} on ${call.bucket}/${call.key}`;
  }

  async end(): Promise<void> {
    await Promise.all([...this.started.values()].map((one) => one.end()));
    this.started.clear();
    await this.aws?.close();
    this.aws = undefined;
  }
}
