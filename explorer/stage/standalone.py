"""A run as one file: the live picture, its frames and the scripts that play them, in a page.

The page is the stage itself with everything inlined: it opens from a disk, without a server and
without a network, and plays, steps, scrubs and goes full screen as it does in the laboratory. Its
policy lets it run the scripts and wear the styles that were written into it, and ask nobody.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from explorer.figures.scene import Scene, as_json
from explorer.figures.theme import DARK, FONT, LIGHT
from explorer.runs.frames import Frame, pack
from explorer.runs.recording import indices_kept
from explorer.runs.reel import wound
from explorer.stage.bundle import bundle
from explorer.stage.messages import PALETTE, Carried, Showing

MOST_FRAMES = 1000  # a file of more is slow to open, and no eye sees the difference
SAME = ("img-src data: blob:", "base-uri 'none'", "form-action 'none'")  # of every policy

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{lead}
<div id="run"></div>
<script type="application/json" id="data">{data}</script>
<script type="text/plain" id="still">{still}</script>
<script type="text/plain" id="frames">{frames}</script>
<script>{script}</script>
</body>
</html>
"""
STYLE = """
{colours}
body {{ margin: 0; padding: 14px clamp(12px, 2vw, 28px) 16px; font-family: {font}; }}
h1 {{ margin: 0 0 2px; font-size: 26px; line-height: 1.2; font-weight: 650; }}
p {{ margin: 0 0 12px; font-size: 16px; }}
@media (max-width: 760px) {{ h1 {{ font-size: 21px; }} }}
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
    reels = wound([still]), wound([frames[i] for i in kept])
    return page_of_reels(scene, *reels, title, lead, select, start)


def page_of_reels(
    scene: Mapping[str, Any],
    still: bytes,
    frames: bytes,
    title: str,
    lead: str = "",
    select: Mapping[str, int] | None = None,
    start: int = 0,
) -> str:
    """Return the page of a run whose frames are wound already (`runs.reel`)."""
    script = bundle("alone.js")
    style = STYLE.format(colours=_colours(), font=FONT.replace('"', "'"))
    held: Carried = {"still": "still", "frames": "frames"}
    return PAGE.format(
        policy=policy(scripts=[script], styles=[style]),
        title=html.escape(title),
        lead=f"<p>{html.escape(lead)}</p>" if lead else "",
        style=style,
        data=in_script(showing(scene, held, title, dict(select or {}), start)),
        still=written(still),
        frames=written(frames),
        script=script,
    )


def showing(
    scene: Mapping[str, Any],
    carried: Carried,
    title: str,
    select: Mapping[str, int],
    start: int = 0,
) -> Showing:
    """Return what a stage is told of a recording that its page carries."""
    return {
        "scene": scene,
        "token": "",
        "run": "",
        "notice": "",
        "live": False,
        "select": select,
        "picks": False,
        "resets": False,
        "rests": False,
        "palette": PALETTE,
        "height": None,
        "start": start,
        "title": title,
        "carried": carried,
    }


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return the policy of a page that runs these scripts, wears these styles, and asks nobody."""
    run = " ".join(map(_digest, scripts)) or "'none'"
    worn = " ".join(map(_digest, styles)) or "'none'"
    return "; ".join(("default-src 'none'", f"script-src {run}", f"style-src {worn}", *SAME))


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def written(reel: bytes) -> str:
    """Return a reel as the text of an element."""
    return base64.b64encode(reel).decode()


def in_script(value: object) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _colours() -> str:
    light = f"body {{ background: {LIGHT['background']}; color: {LIGHT['ink']}; }}"
    dark = f"body {{ background: {DARK['background']}; color: {DARK['ink']}; }}"
    return f"{light} @media (prefers-color-scheme: dark) {{ {dark} }}"
