import type { Condition } from '../../policies/statement';
import { listOf } from '../lists';
import type { PolicyDocument, PolicyStatement } from '../read/policy-document';

/** A statement of a policy, all of it in lists. */
export type Statement = ReturnType<typeof readStatements>[number];
export type Patterns = ReturnType<typeof patternsOf>;

/** @param assumed conditions that are taken to be met where a statement has them */
export function readStatements(
  document: PolicyDocument | undefined,
  assumed: readonly Condition[] = [],
) {
  const isAssumed = (condition: Condition) =>
    assumed.some((each) => sameConditions([each], [condition]));
  return listOf(document?.Statement).map((statement, index) => {
    const { Sid, Effect, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
    const conditions = Object.entries(Condition).flatMap(([test, keys]) =>
      Object.entries(keys).map(([variable, values]) => ({
        test,
        variable,
        values: [...listOf(values)],
      })),
    );
    return {
      /** Its `Sid`, or its place in the policy. */
      id: Sid ?? `statement ${index + 1}`,
      effect: Effect,
      principals: principalsOf(statement),
      actions: patternsOf(Action ?? NotAction, NotAction !== undefined),
      // The policy of a role that says who may assume it names no resource.
      resources: patternsOf(Resource ?? NotResource ?? '*', NotResource !== undefined),
      conditions: conditions.filter((condition) => !isAssumed(condition)),
      /** Conditions that are taken to be met. */
      assumed: conditions.filter(isAssumed),
    };
  });
}

/** @param not for `NotAction` and `NotResource`: all but these */
function patternsOf(named: PolicyStatement['Action'], not: boolean) {
  return { patterns: listOf(named), not };
}

/** Identifiers by type. `NotPrincipal` is not evaluated: it names nobody who asks. */
function principalsOf({
  Principal,
  NotPrincipal,
}: PolicyStatement): Record<string, readonly string[]> {
  if (NotPrincipal) return { NotPrincipal: [`all but ${JSON.stringify(NotPrincipal)}`] };
  if (Principal === '*') return { AWS: ['*'] };
  const names = Object.entries(Principal ?? {});
  return Object.fromEntries(names.map(([type, each]) => [type, listOf(each)]));
}

/** Whether two statements have the same conditions, in whatever order. */
export function sameConditions(some: readonly Condition[], others: readonly Condition[]): boolean {
  const [one, other] = [some, others].map((conditions) =>
    conditions
      .map(({ test, variable, values }) => JSON.stringify([test, variable, [...values].sort()]))
      .sort()
      .join(),
  );
  return one === other;
}
