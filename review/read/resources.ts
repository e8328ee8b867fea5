import { UserError } from '../../topology/problem';
import { listOf } from '../lists';
import { ATTRIBUTES } from './attributes';
import { type PolicyDocument, policyDocument } from './policy-document';
import type { Block, Stack } from './stacks';

/** Synthesized stacks with what is in them. References are followed from stack to stack. */
export class Stacks {
  private readonly resolved = new Map<string, string>();
  private readonly states = new Map<string, Stack>();

  constructor(readonly all: readonly Stack[]) {
    for (const stack of all) {
      const state = stack.json.terraform?.backend?.s3;
      if (state) this.states.set(`${state.bucket}/${state.key}`, stack);
    }
  }

  /** Every resource of a type, or data source of `data.<type>`, in the order of the stacks. */
  resources(type: string): Resource[] {
    return this.all.flatMap((stack) =>
      Object.entries(blocksOf(stack, type)).map(
        ([name, block]) => new Resource(this, stack, type, `${type}.${name}`, block),
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

  /** The policies that a stack publishes for the owner of its role; none where the role is its own. */
  policiesForOwner(stack: Stack): PolicyDocument[] {
    const { role_policy, further_role_policies } = stack.json.output ?? {};
    const place = 'output.role_policy';
    return [role_policy, further_role_policies]
      .flatMap((output) => listOf(output?.value))
      .map((value) => this.resolve(stack, place, String(value)))
      .map((text) => parseDocument(text, `${stack.id} ${place}`));
  }

  /** The value of an output of a stack, which it must have. */
  outputOf(stack: Stack, name: string): string {
    return this.resolve(stack, `output.${name}`, String(stack.json.output?.[name]?.value));
  }

  /**
   * The statements that a stack publishes for the owners of other policies: outputs of such a name. Some are by the
   * ARN of what has the policy.
   */
  statementsForOwners(stack: Stack): { place: string; document: PolicyDocument }[] {
    const names = Object.keys(stack.json.output ?? {}).filter((name) => /_statements?$/.test(name));
    return names.flatMap((name) => {
      const place = `${stack.id} output.${name}`;
      const value = parseJson(jsonEncoded(String(stack.json.output?.[name]?.value)), place);
      const resolved = JSON.parse(JSON.stringify(value), (_key, part) =>
        typeof part === 'string' ? this.resolve(stack, `output.${name}`, part) : part,
      );
      const isWhole = Array.isArray(resolved) || 'Effect' in resolved;
      const byArn = isWhole ? [['', resolved]] : Object.entries(resolved);
      return byArn.map(([arn, Statement]) => {
        const on = [place, arn].filter(Boolean).join(' ');
        return { place: on, document: ensureDocument({ Statement }, on) };
      });
    });
  }

  private evaluate(stack: Stack, address: string, expression: string): string {
    const path = expression.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    const type = path.splice(0, path[0] === 'data' ? 2 : 1).join('.');
    const [name = '', ...rest] = path;
    const block = blocksOf(stack, type)[name];
    if (!block) {
      throw new UserError(`${stack.id} ${address} refers to ${expression}, which is not there`);
    }
    const target = new Resource(this, stack, type, `${type}.${name}`, block);
    if (type === 'data.terraform_remote_state') return this.output(target, address, rest);
    return target.text(rest.join('.'), address);
  }

  /** What another stack published: the one whose state the remote state names. */
  private output(target: Resource, from: string, [outputs, name = '']: readonly string[]): string {
    const { stack, block } = target;
    const { bucket, key } = block.config ?? {};
    const source = this.states.get(`${bucket}/${key}`);
    const output = outputs === 'outputs' ? source?.json.output?.[name] : undefined;
    if (!source || typeof output?.value !== 'string') {
      throw new UserError(
        `${stack.id} ${from} refers to the output ${name} of the state ${bucket}/${key}, which no stack publishes`,
      );
    }
    return this.resolve(source, `output.${name}`, output.value);
  }
}

function blocksOf({ json }: Stack, type: string): Readonly<Record<string, Block>> {
  const isData = type.startsWith('data.');
  return (isData ? json.data?.[type.slice(5)] : json.resource?.[type]) ?? {};
}

/** A block of a stack. It resolves its own references. */
export class Resource {
  constructor(
    readonly stacks: Stacks,
    readonly stack: Stack,
    /** With `data.` where it is a data source. */
    readonly type: string,
    /** `aws_iam_role.execution_role`, or `data.aws_dynamodb_table.table`. */
    readonly address: string,
    readonly block: Block,
  ) {}

  /** Such as `consumer-process-orders aws_iam_role.execution_role`. */
  get place(): string {
    return `${this.stack.id} ${this.address}`;
  }

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
    const { type, block } = this;
    const derived = ATTRIBUTES[type];
    if (derived && Object.hasOwn(derived, path)) return derived[path]?.(this);
    const value = path.split('.').reduce<unknown>(step, block);
    if (value === undefined) return undefined;
    if (typeof value === 'object') return this.unknown(path, from);
    return this.resolve(String(value));
  }

  resolve(text: string): string {
    return this.stacks.resolve(this.stack, this.address, text);
  }

  private unknown(path: string, from: string): never {
    throw new UserError(
      `${this.stack.id} ${from} refers to ${this.address}.${path}, which the review does not know before it is applied`,
    );
  }

  document(attribute: string): PolicyDocument {
    return parseDocument(this.text(attribute), `${this.place}.${attribute}`);
  }
}

function parseDocument(text: string, place: string): PolicyDocument {
  return ensureDocument(parseJson(text, place), place);
}

function ensureDocument(document: unknown, place: string): PolicyDocument {
  if (policyDocument.safeParse(document).success) return document as PolicyDocument;
  const text = JSON.stringify(document);
  throw new UserError(`${place} is not a policy document: ${text.slice(0, 80)}`);
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${place} is not JSON: ${text.slice(0, 80)}`);
  }
}

/** As JSON what cdktf writes for `jsonencode`: `=` for `:`, and references outside of quotes. */
function jsonEncoded(expression: string): string {
  const [, argument = expression] = /^\$\{jsonencode\((.*)\)\}$/s.exec(expression) ?? [];
  return argument.replaceAll(/"(?:[^"\\]|\\.)*"| = |[a-z]\w*(?:\.\w+|\[\d+\])+/g, (token) => {
    if (token.startsWith('"')) return token;
    return token === ' = ' ? ':' : `"\${${token}}"`;
  });
}

/** Terraform counts a block that is there once as a list of one. */
function step(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (key === '0' && !Array.isArray(value)) return value;
  return Reflect.get(value, key);
}
