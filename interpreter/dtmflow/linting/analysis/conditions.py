"""Whether a condition can ever change its mind, and comparisons that can never hold.

A condition is taken as a formula over *terms*: whatever is compared with constants (`event.tone`,
`size(input)`), and whole conditions of which nothing is known. Each term gets a handful of
values between which no comparison can tell more (every constant it meets, its neighbours, one
other), less what its closed set rules out. If the formula gives one answer for all of them, it
always does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise, product
from operator import ge, gt, le, lt

from dtmflow.expressions.tree import Call, Constant, Literal, Name, Tree
from dtmflow.linting.analysis.values import Domain, domain

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LIMIT = 4096
"""Assignments that are tried at most; a longer formula is not judged."""

Key = tuple[object, ...]
_Assignment = Mapping[Key, Literal]


@dataclass(frozen=True, slots=True)
class Impossible:
    """A constant that what it is compared with never has."""

    name: str
    """Qualified name of what is compared."""
    value: Literal
    offset: int
    domain: Domain


def verdict(condition: Tree) -> bool | None:
    """Return the only answer that a condition can give; None when it may give both."""
    terms: dict[Key, set[Literal]] = {}
    domains: dict[Key, Domain | None] = {}
    _collect(condition, terms, domains)
    choices = [_candidates(values, domains.get(key)) for key, values in terms.items()]
    size = 1
    for each in choices:
        size *= len(each)
    if size > _LIMIT or not all(choices):
        return None
    answers = {
        _evaluate(condition, dict(zip(terms, values, strict=True)))
        for values in islice(product(*choices), _LIMIT)
    }
    return answers.pop() if len(answers) == 1 else None


def impossible(condition: Tree) -> Iterator[Impossible]:
    """Yield comparisons of a name for equality with constants outside its closed set."""
    if isinstance(condition, Call):
        for name, constant in _equalities(condition):
            known = domain(name)
            if known is not None and not known.holds(constant.value):
                yield Impossible(name, constant.value, constant.offset, known)
        for each in condition.arguments:
            yield from impossible(each)


def _equalities(call: Call) -> Iterator[tuple[str, Constant]]:
    match call:
        case Call("==" | "!=", (Name(name), Constant() as constant)):
            yield name, constant
        case Call("==" | "!=", (Constant() as constant, Name(name))):
            yield name, constant
        case Call("in", (Name(name), Call("[...]", items))):
            for each in items:
                if isinstance(each, Constant):
                    yield name, each


def key(tree: Tree) -> Key:
    """Return what makes two terms the same: all but where they stand."""
    match tree:
        case Constant(value):
            return ("constant", type(value).__name__, value)
        case Name(name):
            return ("name", name)
        case Call(function, arguments):
            return (function, *(key(each) for each in arguments))


def _collect(
    tree: Tree, terms: dict[Key, set[Literal]], domains: dict[Key, Domain | None]
) -> None:
    if isinstance(tree, Constant):
        return
    if isinstance(tree, Call):
        if tree.function in {"&&", "||", "!", "? :"}:
            for each in tree.arguments:
                _collect(each, terms, domains)
            return
        if comparison := _comparison(tree):
            term, _, constants = comparison
            if not isinstance(term, Constant):
                terms.setdefault(key(term), set()).update(constants)
                if isinstance(term, Name):
                    domains[key(term)] = domain(term.name)
            return
    terms.setdefault(key(tree), set()).update((True, False))


def _comparison(call: Call) -> tuple[Tree, str, tuple[Literal, ...]] | None:
    """Take a comparison with constants apart: term, operator, constants."""
    match call:
        case Call(operator, (term, Constant(value))) if operator in _COMPARISONS:
            return (term, operator, (value,)) if _ordered(operator, value) else None
        case Call(operator, (Constant(value), term)) if operator in _COMPARISONS:
            mirrored = _MIRRORED.get(operator, operator)
            return (term, mirrored, (value,)) if _ordered(operator, value) else None
        case Call("in", (term, Call("[...]", items))) if all(
            isinstance(each, Constant) for each in items
        ):
            return term, "in", tuple(each.value for each in items if isinstance(each, Constant))
    return None


def _ordered(operator: str, value: Literal) -> bool:
    """Whether the comparison can be followed: texts only for being equal."""
    return operator in {"==", "!="} or (
        isinstance(value, int | float) and not isinstance(value, bool)
    )


def _candidates(values: Iterable[Literal], known: Domain | None) -> list[Literal]:
    """Return values that tell apart all that the comparisons can tell apart."""
    given = list(values)
    found = list(given)
    numbers = [each for each in given if not isinstance(each, bool | str | None)]
    found += [each + step for each in numbers for step in (-1, 1)]
    if any(isinstance(each, float) for each in numbers):
        ordered = sorted(numbers)
        found += [(a + b) / 2 for a, b in pairwise(ordered)]
    if any(isinstance(each, bool) for each in given):
        found += [True, False]
    if any(isinstance(each, str | None) for each in given):
        found.append("\0other")
    if known is None:
        return list(dict.fromkeys(found))
    return list(dict.fromkeys([*filter(known.holds, found), *known.samples(given)]))


def _evaluate(tree: Tree, given: _Assignment) -> bool:
    match tree:
        case Constant(value):
            return bool(value)
        case Call("&&" | "||" as junction, (left, right)):
            first = _evaluate(left, given)
            return _evaluate(right, given) if first is (junction == "&&") else first
        case Call("!", (operand,)):
            return not _evaluate(operand, given)
        case Call("? :", (test, yes, no)):
            return _evaluate(yes if _evaluate(test, given) else no, given)
    comparison = _comparison(tree) if isinstance(tree, Call) else None
    if comparison is None:
        return bool(given[key(tree)])
    term, operator, constants = comparison
    value = term.value if isinstance(term, Constant) else given[key(term)]
    return _compare(operator, value, constants)


_ORDER: Mapping[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _compare(operator: str, value: Literal, constants: tuple[Literal, ...]) -> bool:
    if operator in {"in", "=="}:
        return value in constants
    if operator == "!=":
        return value not in constants
    (constant,) = constants
    if not isinstance(value, int | float) or not isinstance(constant, int | float):
        return False
    return _ORDER[operator](value, constant)
