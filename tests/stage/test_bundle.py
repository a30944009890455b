"""All scripts of the stage as one: nothing is imported any more, and nothing is left out."""

import shutil
import subprocess
from pathlib import Path

import pytest

from explorer.stage import bundle as bundles

SCRIPTS = {
    "main.js": 'import { two as both, one } from "./deep/a.js";\nimport "./b.js";\n'
    "// a remark\nconst kind = 'p';\nexport const answer = `${one}${both()}`;\n"
    "/** another */\nimport(`./panels/${kind}.js`)"
    ".then(({ make }) => console.log(answer, make()));\n",
    "deep/a.js": 'import { base } from "../b.js";\nexport const one = base;\n'
    "export function two() {\n  return '2';\n}\n",
    "b.js": "export const base = '1';\n",
    "panels/p.js": 'import { two } from "../deep/a.js";\nexport const make = () => two();\n',
}


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a few scripts, which are bundled in place of the stage's."""
    for name, text in SCRIPTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(bundles, "FOLDER", tmp_path)
    bundles.bundle.cache_clear()
    yield tmp_path
    bundles.bundle.cache_clear()


def test_one_script_says_what_the_modules_say(scripts: Path):
    if (node := shutil.which("node")) is None:
        pytest.skip("no Node on this machine: the script was not run")
    made = bundles.bundle("main.js")
    found = subprocess.run([node, "-e", made], capture_output=True, text=True, timeout=60)

    assert found.stderr == ""
    assert found.stdout == "12 2\n"
    assert "remark" not in made
    assert "another" not in made


def test_a_circle_and_what_is_said_in_an_unknown_way_are_named(scripts: Path):
    (scripts / "b.js").write_text('import { one } from "./deep/a.js";\nexport const base = one;\n')
    with pytest.raises(ValueError, match=r"in a circle: main\.js, deep/a\.js, b\.js, deep/a\.js$"):
        bundles.bundle("main.js")
    (scripts / "b.js").write_text('export * from "./deep/a.js";\n')
    with pytest.raises(ValueError, match=r"^b\.js: it is not known how to bundle 'export \* from"):
        bundles.bundle("main.js")


@pytest.mark.parametrize("entry", ["alone.js", "site/lesson.js"])
def test_every_panel_of_the_stage_is_in_the_bundle_and_no_import_is_left(entry: str):
    made = bundles.bundle(entry)

    for path in bundles.FOLDER.glob("panels/*.js"):
        assert f'"panels/{path.name}": (exports, need)' in made
    assert not bundles.LEFT.search(made)
    assert "import(" not in made
