"""Event patterns, as in the FilterCriteria of event source mappings.

A pattern is a tree of objects whose leaves are lists of alternatives: plain values,
or prefix, suffix, equals-ignore-case, anything-but, exists and numeric. All fields
of an object must match; "$or" takes a list of objects of which one must match.
"""
import json
import operator

MISSING = object()
COMPARE = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MATCHERS = ("prefix", "suffix", "equals-ignore-case", "anything-but", "exists", "numeric")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same(want, have):
    """Equal as JSON values: true is not 1."""
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    return want == have


def numeric_holds(tests, value):
    """`tests` is a flat list: [">", 0, "<=", 5]. DynamoDB's numbers are texts, so none holds for them."""
    if not is_number(value):
        return False
    return all(COMPARE[name](value, limit) for name, limit in zip(tests[::2], tests[1::2]))


def alternative_holds(want, value):
    if not isinstance(want, dict):
        return same(want, value)
    (name, argument), = want.items()
    if name == "exists":
        return argument == (value is not MISSING)
    if value is MISSING:
        return False
    if name == "anything-but":
        refused = argument if isinstance(argument, list) else [argument]
        return not any(alternative_holds(item, value) for item in refused)
    if name == "numeric":
        return numeric_holds(argument, value)
    if not isinstance(value, str):
        return False
    if name == "prefix":
        return value.startswith(argument)
    if name == "suffix":
        return value.endswith(argument)
    return value.lower() == argument.lower()


def leaf_holds(alternatives, value):
    if isinstance(value, dict):  # patterns reach down to leaves, not to objects
        value = MISSING
    values = value if isinstance(value, list) and value else [value]
    return any(alternative_holds(want, v) for want in alternatives for v in values)


def matches(pattern, event):
    for key, want in pattern.items():
        if key == "$or":
            if not any(matches(branch, event) for branch in want):
                return False
            continue
        value = event.get(key, MISSING) if isinstance(event, dict) else MISSING
        if isinstance(want, dict):
            branches = value if isinstance(value, list) else [value]
            if not any(matches(want, branch) for branch in branches):
                return False
        elif not leaf_holds(want, value):
            return False
    return True


def check(pattern):
    """Raises ValueError if the object is not an event pattern."""
    if not isinstance(pattern, dict) or not pattern:
        raise ValueError("a pattern must be a non-empty object")
    for key, want in pattern.items():
        if isinstance(want, dict):
            check(want)
        elif not isinstance(want, list) or not want:
            raise ValueError(f'"{key}" must be an object or a non-empty array')
        elif key == "$or":
            for branch in want:
                check(branch)
        else:
            for item in want:
                if isinstance(item, list) or (
                    isinstance(item, dict) and (len(item) != 1 or next(iter(item)) not in MATCHERS)
                ):
                    raise ValueError(f'"{key}" has an unsupported alternative {json.dumps(item)}')


def parse(text):
    pattern = json.loads(text)
    check(pattern)
    return pattern
