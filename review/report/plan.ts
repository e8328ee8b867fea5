import type { Change } from '../../terraform/plan';
import type { Block, Row } from '../model';
import type { Answer } from './sections';
import { code, foldable, list, paragraph, plural, some, strong, text } from './words';

/** What is shown of the plan of a stack. */
export interface PlannedStack {
  readonly id: string;
  readonly status: string;
  readonly changes?: readonly Change[];
  readonly outputs?: readonly string[];
  /** Why it is not planned. */
  readonly why: readonly string[];
}

export interface PlanSummary {
  readonly title: string;
  /** In short. */
  readonly total: string;
  readonly stacks: readonly PlannedStack[];
  /** Stacks that were left out by a commit or by patterns. Default: none */
  readonly notAsked?: readonly string[];
  /** Stacks that are deployed, and that the topology lacks. */
  readonly removed: readonly string[];
}

const GONE = text`deployed, and not in the topology; stays until ${code('npm run destroy -- --from <a commit that has it>')}`;

/** A plan of many stacks as Markdown and as a part of a page: first what is lost, then what is changed and added. */
export function planSection({ title, total, stacks, notAsked = [], removed }: PlanSummary): Answer {
  const notPlanned = stacks.flatMap(({ id, status, why }) =>
    why.map((reason): Row => [code(id), `${status}: ${reason}`]),
  );
  const leftOut = text`${plural(notAsked.length, 'stack')} not asked for, by ${code('--changed-since')} or by name, and not planned: ${some(notAsked.map(code))}`;
  const gone = removed.map((id): Row => [code(id), GONE]);
  return {
    title,
    answer: total,
    blocks: [
      paragraph(strong(total)),
      ...(notAsked.length > 0 ? [paragraph(leftOut)] : []),
      ...changeTable(stacks, ['replaced', 'destroyed']),
      ...changeTable(stacks, ['changed']),
      ...addedTable(stacks),
      ...outputTable(stacks),
      ...foldable(['not planned', 'why'], [...notPlanned, ...gone]),
    ],
  };
}

function changeTable(
  stacks: readonly PlannedStack[],
  actions: readonly Change['action'][],
): Block[] {
  const rows = stacks.flatMap(({ id, changes = [] }) =>
    actions.flatMap((action) =>
      changes
        .filter((change) => change.action === action)
        .map(({ address, attributes }): Row => {
          const what = action === 'changed' ? action : strong(action);
          return [what, code(id), code(address), list(attributes.map(code))];
        }),
    ),
  );
  return foldable(['', 'stack', 'resource', 'by'], rows);
}

function addedTable(stacks: readonly PlannedStack[]): Block[] {
  const rows = stacks.flatMap(({ id, changes = [] }): Row[] => {
    const added = changes.filter(({ action }) => action === 'added');
    const names = some(added.map(({ address }) => code(address)));
    return added.length === 0 ? [] : [[code(id), plural(added.length, 'resource'), names]];
  });
  return foldable(['added to', '', 'resources'], rows);
}

function outputTable(stacks: readonly PlannedStack[]): Block[] {
  const rows = stacks.flatMap(({ id, changes = [], outputs = [] }): Row[] =>
    changes.length > 0 || outputs.length === 0 ? [] : [[code(id), some(outputs.map(code))]],
  );
  return foldable(['only outputs change in', 'outputs'], rows);
}
