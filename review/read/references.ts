import { ReviewError } from '../problem';
import { ATTRIBUTES } from './attributes';
import type { PolicyDocument } from './policy';
import { renderDocument } from './policy-document';
import type { Block, Resource, Stack } from './stacks';

/**
 * What the references in synthesized stacks stand for once the stacks are applied: ARNs that follow
 * from a name and an account, rendered policy documents, outputs of other stacks.
 */
export class References {
  private readonly resolved = new Map<string, string>();
  private readonly keyIds = new Map<string, string>();
  private readonly states = new Map<string, Stack>();

  constructor(stacks: readonly Stack[]) {
    this.numberKeys(stacks);
    for (const stack of stacks) {
      const backend = stack.json.terraform?.backend as Block | undefined;
      const state = backend?.s3 as Block | undefined;
      if (state) this.states.set(`${state.bucket}/${state.key}`, stack);
    }
  }

  /** An attribute of a resource, with its references resolved. */
  attribute(resource: Resource, path: string): string {
    return this.read(resource, path.split('.'));
  }

  /** The same, if the resource has it. */
  optional(resource: Resource, path: string): string | undefined {
    return this.find(resource, path.split('.')) === undefined
      ? undefined
      : this.attribute(resource, path);
  }

  /** A policy document in an attribute of a resource. */
  document(resource: Resource, attribute: string): PolicyDocument {
    const text = this.attribute(resource, attribute);
    try {
      return JSON.parse(text);
    } catch {
      throw new ReviewError(
        `${resource.stack.id} ${resource.address}.${attribute} is not JSON: ${text.slice(0, 80)}`,
      );
    }
  }

  /**
   * A text with its references resolved.
   *
   * @param address the resource the text is in, for the message
   * @throws ReviewError with stack, address and reference if one of them stands for nothing known
   */
  text(stack: Stack, address: string, text: string): string {
    return text.replaceAll(/([$%])\1\{|[$%]\{([^{}]*)\}|[$%]\{/g, (whole, escaped, expression) => {
      if (escaped) return `${escaped}{`;
      if (whole.startsWith('%') || expression === undefined) {
        throw new ReviewError(`${stack.id} ${address}: the review cannot evaluate ${text}`);
      }
      return this.expression(stack, address, expression.trim());
    });
  }

  private expression(stack: Stack, address: string, expression: string): string {
    const key = `${stack.id} ${expression}`;
    const known = this.resolved.get(key);
    if (known !== undefined) return known;
    const value = this.evaluate(stack, address, expression);
    this.resolved.set(key, value);
    return value;
  }

  private evaluate(stack: Stack, address: string, expression: string): string {
    const path = expression.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
    const isData = path[0] === 'data';
    const [type = '', name = '', ...rest] = isData ? path.slice(1) : path;
    const block = stack.json[isData ? 'data' : 'resource']?.[type]?.[name];
    if (!block) {
      throw new ReviewError(`${stack.id} ${address} refers to ${expression}, which is not there`);
    }
    const target: Resource = {
      stack,
      type,
      address: `${isData ? 'data.' : ''}${type}.${name}`,
      block,
    };
    if (type === 'terraform_remote_state') return this.output(target, address, rest);
    if (type === 'terraform_data' && rest[0] === 'output') return this.read(target, ['input']);
    if (type === 'aws_iam_policy_document' && DOCUMENT_ATTRIBUTES.has(rest[0] ?? '')) {
      return JSON.stringify(
        renderDocument(`${stack.id} ${target.address}`, block, (value) =>
          this.text(stack, target.address, value),
        ),
      );
    }
    return this.read(target, rest, address);
  }

  /** An attribute that AWS derives, or one of the configuration. */
  private read(resource: Resource, path: readonly string[], from = resource.address): string {
    const { stack, address } = resource;
    const value = this.find(resource, path);
    if (value === undefined || typeof value === 'object') {
      throw new ReviewError(
        `${stack.id} ${from} refers to ${address}.${path.join('.')}, which the review does not know before it is applied`,
      );
    }
    return this.text(stack, address, String(value));
  }

  private find(resource: Resource, path: readonly string[]): unknown {
    const { stack, type, address, block } = resource;
    const derived = ATTRIBUTES[address.startsWith('data.') ? `data.${type}` : type];
    const [first = ''] = path;
    if (type === 'aws_kms_key' && (first === 'key_id' || first === 'id')) {
      return this.keyIds.get(`${stack.id} ${address}`);
    }
    if (path.length === 1 && derived && Object.hasOwn(derived, first)) {
      return derived[first]?.(resource, (attribute) => this.read(resource, [attribute]));
    }
    return path.reduce<unknown>(step, block);
  }

  /** What another stack published: the one whose state the remote state names. */
  private output(target: Resource, from: string, [outputs, name = '']: readonly string[]): string {
    const { stack, block } = target;
    const { bucket, key } = (block.config ?? {}) as Block;
    const source = this.states.get(`${bucket}/${key}`);
    const output = outputs === 'outputs' ? source?.json.output?.[name] : undefined;
    if (!source || typeof output?.value !== 'string') {
      throw new ReviewError(
        `${stack.id} ${from} refers to the output ${name} of the state ${bucket}/${key}, which no stack publishes`,
      );
    }
    return this.text(source, `output.${name}`, output.value);
  }

  /** KMS makes up the ids of keys: they are counted within an account here. */
  private numberKeys(stacks: readonly Stack[]): void {
    const counts = new Map<string, number>();
    for (const { id, account, region, json } of stacks) {
      for (const name of Object.keys(json.resource?.aws_kms_key ?? {})) {
        const place = `${account} ${region}`;
        const count = (counts.get(place) ?? 0) + 1;
        counts.set(place, count);
        this.keyIds.set(
          `${id} aws_kms_key.${name}`,
          `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
        );
      }
    }
  }
}

/** Of the data source `aws_iam_policy_document`: the same document, with and without white space. */
const DOCUMENT_ATTRIBUTES = new Set(['json', 'minified_json']);

/** Terraform counts a block that stands once as a list of one. */
function step(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (key === '0' && !Array.isArray(value)) return value;
  return Reflect.get(value, key);
}
