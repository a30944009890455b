"""The glossary as the stage reads it: what it says is explained by it, from the same terms."""

import json

from explorer.lessons.glossary import terms
from explorer.lessons.terms import explained
from explorer.stage import assets
from explorer.stage.component import GLOSSARY

__all__ = ["explained", "script"]


def script() -> str:
    """Return the glossary as the stage reads it: a module of all terms."""
    some = [
        {
            "name": term.name,
            "forms": [term.name, *term.also],
            "said": f"{term.meaning} ({term.source})",
        }
        for term in terms().values()
    ]
    return f"export default {json.dumps(some, ensure_ascii=False)};\n"


assets.also(GLOSSARY, script())
