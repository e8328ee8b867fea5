/** What is read of Terraform's messages. */
export interface UiMessage {
  readonly type: string;
  readonly diagnostic?: Diagnostic;
  /** Of `planned_change` and `resource_drift`. */
  readonly change?: { readonly resource: { readonly addr: string }; readonly action: string };
  /** Of what happens to a resource. */
  readonly hook?: {
    readonly resource: { readonly addr: string };
    readonly action: string;
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
}

export interface Failed {
  readonly status: 'failed';
  readonly failed: true;
  readonly errors: readonly Diagnostic[];
}

/** A line of Terraform's as a message, if it is one. */
export function readMessage(line: string): UiMessage | undefined {
  try {
    const message = JSON.parse(line);
    return typeof message.type === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
