import type { Statement } from '../../policies/statement';

/** What the function needs of the resources of its sink. */
export interface SinkResources {
  /** What its role may do. */
  readonly grants: readonly Statement[];
  /** Variables that refer to the resources; they win over those of the settings. */
  readonly references: Readonly<Record<string, string>>;
}
