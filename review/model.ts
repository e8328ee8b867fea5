export interface Finding {
  /** Name of the rule, which is the name of its file. */
  readonly rule: string;
  /** Whether it must stop a deployment: the review then ends with exit code 1. */
  readonly stops: boolean;
  /** What it is about: a stack, with an address in it, a file, or a place of the topology. */
  readonly place: string;
  /** What is found there, with a remedy. */
  readonly message: string;
  /** JSON after the message, for others to copy. */
  readonly copied?: string;
}

/** A finding of a rule; it stops by default. */
export type Found = Pick<Finding, 'place' | 'message' | 'copied'> & Partial<Pick<Finding, 'stops'>>;

/** What is written, as Markdown and as a page. */
export interface Review {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** An answer each, in the order of the questions. */
  readonly sections: readonly Section[];
}

export interface Section {
  /** Its anchor is made of it. */
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Section[];
}

export type Block = (
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'graph'; readonly graph: Graph }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly Row[] }
) & {
  /** What is shown in its place until it is unfolded. Default: all of it. */
  readonly folded?: string;
};

export type Row = readonly Text[];

/** Text as it is, or its parts. Each format escapes it in one place, and nothing else does. */
export type Text =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly link: string; readonly to: string }
  | readonly Text[];

/** Accounts, what is in them, and how changes travel. */
export interface Graph {
  /** What an account holds, or several accounts that are alike. */
  readonly groups: readonly { readonly title: string; readonly nodes: readonly Node[] }[];
  readonly edges: readonly Edge[];
}

export interface Node {
  /** Letters, digits and `_`. */
  readonly id: string;
  readonly account: string;
  readonly shape: 'table' | 'mapping' | 'function' | 'role' | 'target';
  readonly label: readonly string[];
}

export interface Edge {
  readonly from: Node;
  readonly to: Node;
  /** Changes, changes that the reader may not read, access without a mapping, or alarms. */
  readonly kind: 'changes' | 'refused' | 'access' | 'alarms';
}
