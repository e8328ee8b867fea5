import { UserError } from '../../topology/problem';
import { ATTRIBUTES } from './attributes';
import { type PolicyDocument, policyDocument } from './policy-document';
import type { Block, Stack } from './stacks';

/** Synthesized stacks with what is in them. References are followed from stack to stack. */
export class Stacks {
  private readonly resolved = new Map<string, string>();
  private readonly keyIds = new Map<string, string>();
  private readonly states = new Map<string, Stack>();

  constructor(readonly all: readonly Stack[]) {
    this.numberKeys();
    for (const stack of all) {
      const backend = stack.json.terraform?.backend as Block | undefined;
      const state = backend?.s3 as Block | undefined;
      if (state) this.states.set(`${state.bucket}/${state.key}`, stack);
    }
  }

  /** Every resource of a type, in the order of the stacks. */
  resources(type: string): Resource[] {
    return this.blocks('resource', type);
  }

  /** Every data source of a type, in the order of the stacks. */
  dataSources(type: string): Resource[] {
    return this.blocks('data', type);
  }

  private blocks(section: 'resource' | 'data', type: string): Resource[] {
    const prefix = section === 'data' ? 'data.' : '';
    return this.all.flatMap((stack) =>
      Object.entries(stack.json[section]?.[type] ?? {}).map(
        ([name, block]) => new Resource(this, stack, type, `${prefix}${type}.${name}`, block),
      ),
    );
  }

  /**
   * A text with the values that its references have once the stacks are applied.
   *
   * @param address the resource the text is in, for the message
   * @throws UserError with stack, address and reference if one of them is to nothing known
   */
  resolve(stack: Stack, address: string, text: string): string {
    return text.replaceAll(/([$%])\1\{|[$%]\{([^{}]*)\}|[$%]\{/g, (whole, escaped, expression) => {
      if (escaped) return `${escaped}{`;
      if (whole.startsWith('%') || expression === undefined) {
        throw new UserError(`${stack.id} ${address}: the review cannot evaluate ${text}`);
      }
      const key = `${stack.id} ${expression.trim()}`;
      const value = this.resolved.get(key) ?? this.evaluate(stack, address, expression.trim());
      this.resolved.set(key, value);
      return value;
    });
  }

  private evaluate(stack: Stack, address: string, expression: string): string {
    const path = expression.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    const isData = path[0] === 'data';
    const [type = '', name = '', ...rest] = isData ? path.slice(1) : path;
    const block = stack.json[isData ? 'data' : 'resource']?.[type]?.[name];
    if (!block) {
      throw new UserError(`${stack.id} ${address} refers to ${expression}, which is not there`);
    }
    const target = new Resource(
      this,
      stack,
      type,
      `${isData ? 'data.' : ''}${type}.${name}`,
      block,
    );
    if (type === 'terraform_remote_state') return this.output(target, address, rest);
    return target.text(rest.join('.'), address);
  }

  /** What another stack published: the one whose state the remote state names. */
  private output(target: Resource, from: string, [outputs, name = '']: readonly string[]): string {
    const { stack, block } = target;
    const { bucket, key } = (block.config ?? {}) as Block;
    const source = this.states.get(`${bucket}/${key}`);
    const output = outputs === 'outputs' ? source?.json.output?.[name] : undefined;
    if (!source || typeof output?.value !== 'string') {
      throw new UserError(
        `${stack.id} ${from} refers to the output ${name} of the state ${bucket}/${key}, which no stack publishes`,
      );
    }
    return this.resolve(source, `output.${name}`, output.value);
  }

  /** The id that a key has here. */
  keyId({ stack, address }: Resource): string {
    return this.keyIds.get(`${stack.id} ${address}`) ?? '';
  }

  /** KMS chooses the ids of keys: they are counted within an account here. */
  private numberKeys(): void {
    const counts = new Map<string, number>();
    for (const { stack, address } of this.resources('aws_kms_key')) {
      const place = `${stack.account} ${stack.region}`;
      const count = (counts.get(place) ?? 0) + 1;
      counts.set(place, count);
      this.keyIds.set(
        `${stack.id} ${address}`,
        `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      );
    }
  }
}

/** A block of a stack. It resolves its own references. */
export class Resource {
  constructor(
    readonly stacks: Stacks,
    readonly stack: Stack,
    readonly type: string,
    /** `aws_iam_role.execution_role`, or `data.aws_dynamodb_table.table`. */
    readonly address: string,
    readonly block: Block,
  ) {}

  /**
   * An attribute that AWS derives, or one of the configuration, with its references resolved.
   *
   * @param path such as `name` or `environment.variables.SINK_BUCKET`
   * @param from the resource that refers to it, for the message
   */
  text(path: string, from = this.address): string {
    return this.optional(path, from) ?? this.unknown(path, from);
  }

  /** The same, if the resource has it. */
  optional(path: string, from = this.address): string | undefined {
    const { stacks, stack, type, address, block } = this;
    const derived = ATTRIBUTES[address.startsWith('data.') ? `data.${type}` : type];
    if (derived && Object.hasOwn(derived, path)) return derived[path]?.(this);
    const value = path.split('.').reduce<unknown>(step, block);
    if (value === undefined) return undefined;
    if (typeof value === 'object') return this.unknown(path, from);
    return stacks.resolve(stack, address, String(value));
  }

  private unknown(path: string, from: string): never {
    throw new UserError(
      `${this.stack.id} ${from} refers to ${this.address}.${path}, which the review does not know before it is applied`,
    );
  }

  /** A policy document in an attribute. */
  document(attribute: string): PolicyDocument {
    const text = this.text(attribute);
    const place = `${this.stack.id} ${this.address}.${attribute}`;
    try {
      const document = JSON.parse(text);
      if (policyDocument.safeParse(document).success) return document;
    } catch {
      throw new UserError(`${place} is not JSON: ${text.slice(0, 80)}`);
    }
    throw new UserError(`${place} is not a policy document: ${text.slice(0, 80)}`);
  }
}

/** Terraform counts a block that is there once as a list of one. */
function step(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (key === '0' && !Array.isArray(value)) return value;
  return Reflect.get(value, key);
}
