/** What happens to a resource, in Terraform's words and ours. */
export const ACTIONS = {
  create: 'added',
  update: 'changed',
  import: 'changed',
  replace: 'replaced',
  delete: 'destroyed',
  // Nothing in AWS: `remove`, which OpenTofu calls `forget`, and `move` are of the state alone.
  ...{ noop: undefined, read: undefined, move: undefined, remove: undefined, forget: undefined },
} as const;

type Action = keyof typeof ACTIONS;

/** What is read of Terraform's messages. */
export interface UiMessage {
  readonly type: string;
  readonly diagnostic?: Diagnostic;
  /** Of `planned_change` and `resource_drift`. */
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: Action };
  /** Of what happens to a resource. */
  readonly hook?: {
    readonly resource: { readonly addr: string };
    readonly action: Action;
    readonly elapsed_seconds?: number;
  };
  /** Of `change_summary`. */
  readonly changes?: { readonly add: number; readonly change: number; readonly remove: number };
  readonly outputs?: Readonly<Record<string, { readonly action?: string }>>;
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** Of the resource or data source. */
  readonly address?: string;
  /** ID of the stack that must be deployed first, since its state is missing or lacks an output. */
  readonly after?: string;
}

export interface Failed {
  readonly status: 'failed';
  readonly failed: true;
  readonly errors: readonly Diagnostic[];
}

/** A line of Terraform's as a message, if it is one that can be read. */
export function readMessage(line: string): UiMessage | undefined {
  const message = parsed(line) as UiMessage | undefined;
  if (typeof message?.type !== 'string') return undefined;
  if (!/^(planned_change|resource_drift)$/.test(message.type)) return message;
  const { action = '', resource } = message.change ?? {};
  return Object.hasOwn(ACTIONS, action) && resource?.addr ? message : undefined;
}

/** Undefined of what is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
