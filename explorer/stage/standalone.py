"""A run as one file: the live picture, its frames and the scripts that play them, in a page.

The page is the stage itself with everything inlined: it opens from a disk, without a server and
without a network, and plays, steps, scrubs and goes full screen as it does in the laboratory.
"""

import base64
import functools
import gzip
import html
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.figures.scene import Scene, as_json
from explorer.figures.theme import DARK, FONT, LIGHT
from explorer.runs.frames import Frame, chunk, pack
from explorer.runs.recording import indices_kept
from explorer.stage.messages import PALETTE, Showing

FOLDER = Path(__file__).with_name("browser")
IMPORTED = re.compile(r'"(\.\.?/[\w./-]+(?:\.js|/))"')  # how scripts name each other, and folders
MOST_FRAMES = 1000  # a file of more is slow to open, and no eye sees the difference

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
body {{ margin: 0; padding: 14px clamp(12px, 2vw, 28px) 16px; font-family: {font}; }}
h1 {{ margin: 0 0 2px; font-size: 26px; line-height: 1.2; font-weight: 650; }}
p {{ margin: 0 0 12px; font-size: 16px; }}
@media (max-width: 760px) {{ h1 {{ font-size: 21px; }} }}
</style>
<script type="importmap">{imports}</script>
</head>
<body>
<h1>{title}</h1>
{lead}
<div id="run"></div>
<script type="application/json" id="data">{data}</script>
<script type="text/plain" id="still">{still}</script>
<script type="text/plain" id="frames">{frames}</script>
<script type="module">
import {{ mount }} from "stage/main.js";

async function address(id) {{
  const text = document.getElementById(id).textContent.trim();
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return URL.createObjectURL(await new Response(plain).blob());
}}

const data = JSON.parse(document.getElementById("data").textContent);
[data.frames_url, data.still_url] = await Promise.all([address("frames"), address("still")]);
mount(document.getElementById("run"), data, {{}});
</script>
</body>
</html>
"""


def standalone(
    scene: Scene,
    still: Frame,
    frames: Sequence[Frame],
    title: str,
    lead: str = "",
    precision: Mapping[str, str] | None = None,
    select: Mapping[str, int] | None = None,
) -> str:
    """Return the page of a run as text: write it to an ``.html`` file.

    ``frames`` are those of the whole run in their order, from frame 0; of more than 1,000, every
    second, fourth, … is kept, and the last. ``precision`` packs arrays as in `runs.frames.pack`.
    Raises ValueError without frames.
    """
    packing = precision or {}
    return page_of(
        as_json(scene),
        pack(still, 0, packing),
        [pack(frame, i, packing) for i, frame in enumerate(frames)],
        title,
        lead,
        dict(select or scene.selects),
    )


def page_of(
    scene: Mapping[str, Any],
    still: bytes,
    frames: Sequence[bytes],
    title: str,
    lead: str = "",
    select: Mapping[str, int] | None = None,
    start: int = 0,
) -> str:
    """Return the page of a run whose scene and packets are there already, as a server has them.

    The scene is what `as_json` made of it; ``start`` is the frame that is shown first. Of more than
    1,000 frames some are kept, as in `standalone`. Raises ValueError without frames.
    """
    if not frames:
        raise ValueError("a run without frames has nothing to show")
    kept = indices_kept(len(frames), MOST_FRAMES)
    data: Showing = {
        "scene": scene,
        "token": "",
        "run": "",
        "notice": "",
        "live": False,
        "select": dict(select or {}),
        "picks": False,
        "resets": False,
        "rests": False,
        "palette": PALETTE,
        "height": None,
        "start": start,
        "title": title,
    }
    return PAGE.format(
        title=html.escape(title),
        lead=f"<p>{html.escape(lead)}</p>" if lead else "",
        style=_colours(),
        font=FONT.replace('"', "'"),
        imports=_in_script({"imports": _scripts()}),
        data=_in_script(data),
        still=_packed(still),
        frames=_packed(chunk([frames[i] for i in kept])),
    )


def _scripts() -> dict[str, str]:
    """Return the stage's scripts as addresses that hold them, by the names they import."""
    found = {}
    for file in sorted(FOLDER.rglob("*.js")):
        name = file.relative_to(FOLDER).as_posix()
        named = functools.partial(_named, posixpath.dirname(name))
        text = IMPORTED.sub(named, file.read_text("utf-8"))
        held = base64.b64encode(text.encode()).decode()
        found[f"stage/{name}"] = f"data:text/javascript;charset=utf-8;base64,{held}"
    return found


def _named(folder: str, address: re.Match[str]) -> str:
    """Return the name, in the import map, of the script or folder that one of a folder names."""
    end = "/" if address[1].endswith("/") else ""
    return f'"stage/{posixpath.normpath(posixpath.join(folder, address[1]))}{end}"'


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def _in_script(value: object) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _colours() -> str:
    light = f"body {{ background: {LIGHT['background']}; color: {LIGHT['ink']}; }}"
    dark = f"body {{ background: {DARK['background']}; color: {DARK['ink']}; }}"
    return f"{light} @media (prefers-color-scheme: dark) {{ {dark} }}"
