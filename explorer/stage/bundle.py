"""The stage's scripts as one classic script, for pages that have no server to import them from.

A page that is opened from a disk may neither import nor fetch, and under a strict policy it runs
only a script whose digest it names. So every module that a beginning reaches, and every panel that
it asks for by name, becomes a function in one text, called when it is first needed. Modules must
not import each other in a circle: what one takes of another it takes when it begins.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

FOLDER = Path(__file__).with_name("browser")
ASKED_BY_NAME = "panels"  # the folder of what is only asked for once a scene needs it

IMPORT = re.compile(r'^import\s+(?:\{([^}]*)\}\s+from\s+)?"(\.{1,2}/[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|const|class) (?P<name>\w+))", re.MULTILINE
)
LEFT = re.compile(r"^(?:import\b(?!\()|export\b).*$", re.MULTILINE)
WHEN_NEEDED = re.compile(r"\bimport\(")
REMARK = re.compile(r"^[ \t]*(?:/\*\*.*?\*/[ \t]*|//[^\n]*)\n", re.MULTILINE | re.DOTALL)

FRAME = """(() => {{
"use strict";
const modules = {{
{modules}
}};
const made = {{}};
const need = (name) => {{
  if (!made[name]) {{
    if (!modules[name]) throw new Error(`there is no script ${{name}}`);
    modules[name]((made[name] = {{}}), need);
  }}
  return made[name];
}};
const whenNeeded = async (folder, address) =>
  need(new URL(address, `file:///${{folder}}`).pathname.slice(1));
need("{entry}");
}})();
"""


@cache
def bundle(entry: str) -> str:
    """Return the scripts that ``entry``, named from their folder on, begins, as one script.

    Raises ValueError for a module that says something in a way that is not known here, and for
    modules that import each other in a circle.
    """
    texts = {name: (FOLDER / name).read_text("utf-8") for name in _reached(entry)}
    modules = "".join(_module(name, text) for name, text in texts.items())
    script = FRAME.format(modules=modules, entry=entry)
    if "</script" in script or "<!--" in script:
        raise ValueError("a script that ends a script element cannot stand in a page")
    return script


def _reached(entry: str) -> list[str]:
    """Return the modules that are needed, each after those that it imports."""
    found: list[str] = []
    panels = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("panels/*.js"))
    for begins in (entry, *panels):
        _follow(begins, (), found)
    return found


def _follow(name: str, on_the_way: tuple[str, ...], found: list[str]) -> None:
    if name in on_the_way:
        raise ValueError(f"scripts import each other in a circle: {', '.join(on_the_way)}, {name}")
    if name in found:
        return
    for imported in _imports(name, (FOLDER / name).read_text("utf-8")):
        _follow(imported, (*on_the_way, name), found)
    found.append(name)


def _imports(name: str, text: str) -> Iterator[str]:
    for match in IMPORT.finditer(text):
        yield _resolved(name, match[2])


def _resolved(name: str, address: str) -> str:
    return normpath(join(dirname(name), address))


def _folder(name: str) -> str:
    return f"{dirname(name)}/" if dirname(name) else ""


def _module(name: str, text: str) -> str:
    """Return a module as a function of what it exports and of what gives it others."""
    exported: list[str] = []

    def imported(match: re.Match[str]) -> str:
        needed = f'need("{_resolved(name, match[2])}");'
        if match[1] is None:
            return needed
        names = match[1].replace(" as ", ": ")
        return f"const {{{' '.join(names.split())}}} = {needed}"

    def declared(match: re.Match[str]) -> str:
        exported.append(match["name"])
        return ""

    body = EXPORT.sub(declared, IMPORT.sub(imported, REMARK.sub("", text)))
    if left := LEFT.search(body):
        raise ValueError(f"{name}: it is not known how to bundle {left[0][:60]!r}")
    body = WHEN_NEEDED.sub(f'whenNeeded("{_folder(name)}", ', body)
    given = f"Object.assign(exports, {{ {', '.join(exported)} }});"
    return f'"{name}": (exports, need) => {{\n{body}{given}\n}},\n'
