"""Source text that stands on its own: functions and classes of the project, with all they rest on.

A script quotes the very code that plays here, so that nothing is written twice. Annotations are
quoted and never evaluated: the script has to begin with ``from __future__ import annotations``.
"""

import ast
import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from textwrap import dedent, indent
from types import ModuleType
from typing import Any

OURS = "explorer"


class Quotation:
    """What was quoted so far, in an order in which it runs, every name once.

    Before each function or class comes what it uses: imports of other packages, constants,
    functions and classes of the project. ValueError where two of them have one name, or one of
    them a name that is ``taken``.
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = taken
        self._imports: dict[str, None] = {}
        self._texts: dict[str, tuple[str, str]] = {}  # by name: the module, and its text there

    @property
    def text(self) -> str:
        """Imports first, two lines between everything else."""
        blocks = [text for _, text in self._texts.values()]
        return "\n\n\n".join(["\n".join(self._imports), *blocks]).strip("\n")

    def add(self, function: Callable[..., Any]) -> None:
        """Quote a function that stands by itself in its module."""
        plain = inspect.unwrap(function)
        module = inspect.getmodule(plain)
        assert module is not None
        self._quote(module, plain.__name__)

    def add_class(
        self, kind: type, methods: Sequence[str], constants: Mapping[str, object]
    ) -> None:
        """Quote some methods of a class, its own or inherited, under its name and docstring.

        ``constants`` become attributes of the class. What the methods use is quoted before it.
        """
        parts = [f'"""{inspect.cleandoc(kind.__doc__ or "")}\n"""'] if kind.__doc__ else []
        parts.append("\n".join(f"{name} = {value!r}" for name, value in constants.items()))
        for name in methods:
            function = inspect.unwrap(getattr(kind, name))
            source, module = dedent(inspect.getsource(function)), inspect.getmodule(function)
            assert module is not None
            self._quote_names(module, ast.parse(source))
            parts.append(source.strip("\n"))
        body = indent("\n\n".join(part for part in parts if part), "    ")
        self._keep(kind.__name__, kind.__module__, f"class {kind.__name__}:\n{body}")

    def _quote(self, module: ModuleType, name: str) -> None:
        """Add a name of a module, after all that it uses."""
        node = _defined(module).get(name)
        if node is None:
            raise ValueError(f"a script cannot quote {name!r}, which {module.__name__} lacks")
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, name)
        elif self._texts.get(name, ("", ""))[0] != module.__name__:
            self._quote_names(module, node, apart_from=name)
            self._keep(name, module.__name__, _text(module, node))

    def _quote_names(self, module: ModuleType, node: ast.AST, apart_from: str = "") -> None:
        for used in _used(node):
            if used != apart_from and used in _defined(module):
                self._quote(module, used)

    def _keep(self, name: str, module: str, text: str) -> None:
        other, _ = self._texts.setdefault(name, (module, text))
        if other != module:
            raise ValueError(f"a script cannot quote {name!r} of both {other} and {module}")
        if name in self._taken:
            raise ValueError(f"a script cannot quote {name!r} of {module}: it has one of its own")

    def _import(self, node: ast.Import | ast.ImportFrom, name: str) -> None:
        alias = next(each for each in node.names if (each.asname or each.name) == name)
        source = node.module if isinstance(node, ast.ImportFrom) else None
        if source and source.split(".")[0] == OURS:
            self._quote(import_module(source), alias.name)
            return
        one = [ast.alias(alias.name, alias.asname)]
        line = ast.ImportFrom(source, one, 0) if source else ast.Import(one)
        self._imports[ast.unparse(ast.fix_missing_locations(line))] = None


@cache
def _defined(module: ModuleType) -> Mapping[str, ast.stmt]:
    """Every name at the top of a module, and the statement that binds it."""
    tree = ast.parse(inspect.getsource(module))
    return {name: node for node in tree.body for name in _bound(node)}


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in node.names)
        case ast.Assign():
            for target in node.targets:
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _used(node: ast.AST) -> list[str]:
    """The names that a statement reads when it runs, annotations left out, in their order."""
    found: dict[str, None] = {}

    def visit(at: ast.AST) -> None:
        if isinstance(at, ast.Name) and isinstance(at.ctx, ast.Load):
            found[at.id] = None
        for field, value in ast.iter_fields(at):
            if field not in ("annotation", "returns"):
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, ast.AST):
                        visit(each)

    visit(node)
    return list(found)


def _text(module: ModuleType, node: ast.stmt) -> str:
    lines = inspect.getsource(module).splitlines()
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(lines[first - 1 : node.end_lineno])
