"""A link as a QR code: what a room points its phones at."""

import io
from urllib.parse import urlsplit

import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.stage.doors import is_ours, obstacle

LONGEST_LINK = 1_200  # characters; a longer one makes squares that a phone does not read from afar
NO_LINK = "A QR code is drawn of a link to this server."
TOO_LONG = f"A QR code is drawn of at most {LONGEST_LINK} characters."


def drawn(text: str) -> bytes:
    """Return the code of a text as SVG: dark on white with a quiet margin (ISO/IEC 18004)."""
    found = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(found, kind="svg", border=2, dark="#10151c", light="#ffffff", xmldecl=False)
    return found.getvalue()


async def code(request: Request) -> Response:
    """Answer with the code of a link of this server; others are refused with a sentence."""
    if why := obstacle(request, origin_needed=False):
        return PlainTextResponse(why, 403)
    link = request.query_params.get("link", "")
    if len(link) > LONGEST_LINK:
        return PlainTextResponse(TOO_LONG, 400)
    if not _is_here(link):
        return PlainTextResponse(NO_LINK, 400)
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(drawn(link), media_type="image/svg+xml", headers=headers)


def _is_here(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and is_ours(parts.netloc)
    except ValueError:
        return False
