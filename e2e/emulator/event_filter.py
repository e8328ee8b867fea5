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


def text_holds(name, argument, value):
    """An argument is a text, {"equals-ignore-case": a text}, or with anything-but a list of texts."""
    if isinstance(argument, list):
        return any(text_holds(name, item, value) for item in argument)
    if isinstance(argument, dict):
        argument, value = argument["equals-ignore-case"].lower(), value.lower()
    if name == "prefix":
        return value.startswith(argument)
    if name == "suffix":
        return value.endswith(argument)
    return value.lower() == argument.lower()


def alternative_holds(want, value):
    if not isinstance(want, dict):
        return same(want, value)
    (name, argument), = want.items()
    if name == "exists":
        return argument
    if name == "anything-but":
        refused = argument if isinstance(argument, list) else [argument]
        return not any(alternative_holds(item, value) for item in refused)
    if name == "numeric":
        return numeric_holds(argument, value)
    return isinstance(value, str) and text_holds(name, argument, value)


def leaf_holds(alternatives, values, everywhere):
    """Patterns reach down to leaves, not to objects. A leaf is absent if no element of a list has it."""
    leaves, all_leaves = (
        [v for v in some if not isinstance(v, dict)] for some in (values, everywhere)
    )
    return any(
        not all_leaves if want == {"exists": False} else
        any(alternative_holds(want, v) for v in leaves)
        for want in alternatives
    )


def fields(values, key):
    found = [v[key] for v in values if isinstance(v, dict) and key in v]
    return [item for v in found for item in (v if isinstance(v, list) else [v])]


def matches(pattern, event):
    return matches_one(pattern, [event], [event])


def matches_one(pattern, values, everywhere):
    """One of the elements of a list must match all that is asked of them."""
    return any(element_matches(pattern, value, everywhere) for value in values or [MISSING])


def element_matches(pattern, value, everywhere):
    for key, want in pattern.items():
        if key == "$or":
            if not any(matches_one(branch, [value], everywhere) for branch in want):
                return False
            continue
        holds = matches_one if isinstance(want, dict) else leaf_holds
        if not holds(want, fields([value], key), fields(everywhere, key)):
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
