import type { NotRun } from '../../terraform/in-order';
import type { Change, StackPlan } from '../../terraform/plan';
import type { Stack } from '../../terraform/stacks';
import type { Block, Row, Section, Text } from '../model';
import { code, list, paragraph, plural, some, strong, table, text } from './words';

export type Plans = ReadonlyMap<Stack, StackPlan | NotRun>;

/** Rows that a table has before it is folded, and at most: a comment of GitHub has at most 65,536 characters. */
const UNFOLDED = 10;
const MOST = 100;

/**
 * A plan of many stacks for a pull request: first what is lost, then what is changed and added.
 *
 * @param total what it comes to, in short
 * @param notPlanned stacks that are not planned, and those that the topology lacks, with the reason
 */
export function planSection(
  plans: Plans,
  total: string,
  notPlanned: readonly { readonly id: string; readonly why: string }[],
): Section {
  const blocks = [
    paragraph(strong(total)),
    ...changeTable(plans, ['replaced', 'destroyed']),
    ...changeTable(plans, ['changed']),
    ...addedTable(plans),
    ...cut(
      ['not planned', 'why'],
      notPlanned.map(({ id, why }) => [code(id), why]),
    ),
  ];
  return { title: 'What will a deploy change?', blocks };
}

function changeTable(plans: Plans, actions: readonly Change['action'][]): Block[] {
  const rows = [...plans].flatMap(([{ id }, plan]) => {
    const changes = plan.status === 'planned' ? plan.changes : [];
    return actions.flatMap((action) =>
      changes
        .filter((change) => change.action === action)
        .map(({ address, attributes }): Row => {
          const what = action === 'changed' ? action : strong(action);
          return [what, code(id), code(address), list(attributes.map(code))];
        }),
    );
  });
  return cut(['', 'stack', 'resource', 'by'], rows);
}

function addedTable(plans: Plans): Block[] {
  const rows = [...plans].flatMap(([{ id }, plan]): Row[] => {
    const changes = plan.status === 'planned' ? plan.changes : [];
    const added = changes.filter(({ action }) => action === 'added');
    const names = some(added.map(({ address }) => code(address)));
    return added.length === 0 ? [] : [[code(id), plural(added.length, 'resource'), names]];
  });
  return cut(['added to', '', 'resources'], rows);
}

function cut(head: readonly string[], rows: readonly Row[]): Block[] {
  if (rows.length === 0) return [];
  const folded = rows.length > UNFOLDED ? plural(rows.length, 'row') : undefined;
  const rest: Text = text`${plural(rows.length - MOST, 'more row')} in ${code('plan.json')}`;
  return [
    table(head, rows.slice(0, MOST), folded),
    ...(rows.length > MOST ? [paragraph(rest)] : []),
  ];
}
