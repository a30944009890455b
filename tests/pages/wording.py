"""What a page says, as it is read: meanings of its terms are hidden until they are asked for."""

import re

MEANING = re.compile(r'<span class="meaning".*?</span>', re.DOTALL)
TERM = re.compile(r'<span class="term"[^>]*>(.*?)</span>', re.DOTALL)


def worded(html: str) -> str:
    """Return a page's HTML with its terms as plain words."""
    return TERM.sub(r"\1", MEANING.sub("", html))
