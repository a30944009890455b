"""The checker that executes shapes and types in tests: an int is welcome where a float is.

jaxtyping's own decorator binds every call to a signature and checks its arguments twice, which took
half of the time of the tests. Here beartype's code alone runs, among the sizes that a call shares:
as strict, at a part of the cost.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from typing import Any, ForwardRef, get_args

import jaxtyping
from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True, violation_type=TypeError))
as_jaxtyping_does = jaxtyping.jaxtyped
sizes_of_a_call = as_jaxtyping_does("context")
YIELDS_OR_AWAITS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def jaxtyped(what: Any = None, *, typechecker: Callable[[Any], Any]) -> Any:
    """Return a function, or a dataclass, whose calls are checked; what jaxtyping's hook asks for.

    What yields or awaits, or names a class that is not there yet, is left to jaxtyping.
    """
    if what is None:
        return functools.partial(jaxtyped, typechecker=typechecker)
    if inspect.isclass(what):
        if is_dataclass(what) and not hasattr(what.__init__, "is_checked"):
            what.__init__ = jaxtyped(what.__init__, typechecker=typechecker)
        return what
    if not inspect.isfunction(what) or what.__code__.co_flags & YIELDS_OR_AWAITS:
        return as_jaxtyping_does(what, typechecker=typechecker)
    named = list(parts(tuple(what.__annotations__.values())))
    if any(isinstance(one, (str, ForwardRef)) for one in named):
        function = as_jaxtyping_does(what, typechecker=typechecker)
    elif any(isinstance(one, type(jaxtyping.AbstractArray)) for one in named):
        function = among_its_sizes(typechecker(what))
    else:
        function = typechecker(what)
        if function is what:  # nothing is annotated, and a mark would be of the function itself
            return what
    function.is_checked = True
    return function


def parts(annotations: tuple[Any, ...]) -> Iterator[Any]:
    """Yield annotations and all that they are made of."""
    for annotation in annotations:
        yield annotation
        yield from parts(get_args(annotation))


def among_its_sizes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of whose letters each stands for one size in all shapes of a call."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        with sizes_of_a_call:
            return function(*args, **kwargs)

    return called
