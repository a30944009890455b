"""Quoted code runs on its own and does what the code that it quotes does."""

import math
from collections.abc import Callable
from functools import cache
from math import pi as half_turn

import pytest

from explorer.gans import distributions, penalty, shapes
from explorer.labs.gans.quoting import Quotation

FACTOR = 3 * half_turn  # rests on an import and on an import's other name


class Pair:
    """Two numbers."""

    def total(self, other: float) -> float:
        return scaled(self.one) + other  # type: ignore[attr-defined]


class Heir(Pair):
    """A pair that inherits."""

    one = 2.0


@cache
def scaled(number: "float", by: Callable[[float], float] = math.floor) -> float:
    """A number, with a default, a decorator and a constant."""
    return FACTOR * by(number)


def total() -> float:
    return 0.0


def run(text: str) -> dict:
    namespace: dict = {}
    exec("from __future__ import annotations\n" + text, namespace)
    return namespace


def test_a_function_is_quoted_with_its_imports_constants_decorators_and_defaults():
    quotation = Quotation()
    quotation.add(scaled)

    found = run(quotation.text)["scaled"]

    assert found(2.7) == 6 * math.pi
    assert found.cache_info().misses == 1
    assert "Callable" not in quotation.text.partition("def ")[0]  # used by an annotation alone


def test_a_class_is_quoted_with_the_methods_it_inherits_and_constants_of_its_own():
    quotation = Quotation()
    quotation.add_class(Heir, ("total",), {"one": 5.5})

    found = run(quotation.text)["Heir"]

    assert found().total(1) == 15 * math.pi + 1
    assert found.__doc__.strip() == Heir.__doc__


def test_every_name_is_quoted_once_however_often_it_is_used():
    quotation = Quotation()
    for function in (penalty.penalty, penalty.real_penalty, shapes.sample_moons):
        quotation.add(function)
        quotation.add(function)

    assert quotation.text.count("def _slopes(") == quotation.text.count("def sample_moons(") == 1
    assert quotation.text.index("def _slopes(") < quotation.text.index("def real_penalty(")


def test_code_of_other_modules_of_the_project_comes_along_instead_of_an_import():
    quotation = Quotation()
    quotation.add(distributions.sample_digits)

    assert "explorer" not in quotation.text
    assert "class Digits:" in quotation.text


def test_two_things_of_one_name_are_refused():
    quotation = Quotation(taken=("total",))
    with pytest.raises(ValueError, match=r"cannot quote 'total' of [\w.]*test_quoting: it has"):
        quotation.add(total)
    clash = Quotation()
    clash.add(penalty.penalty)
    with pytest.raises(ValueError, match=r"cannot quote 'penalty' of both explorer\.gans\.penalty"):
        clash.add_class(type("penalty", (), {"__doc__": "Another."}), (), {})
