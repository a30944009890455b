"""Verdicts as lines of text, aligned in columns."""

from collections.abc import Sequence

from explorer.verify.known import Known, Verdict

HEAD = ("what", "expected", "measured", "tolerance", "source")
MEASURED = 11  # characters of a measured value, which is not known in advance


class Table:
    """A table whose lines can be printed one by one, as wide as its known parts need."""

    def __init__(self, known: Sequence[Known]) -> None:
        cells = [HEAD, *(_cells(each, "") for each in known)]
        self._widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        self._widths[2] = max(self._widths[2], MEASURED)

    def head(self) -> str:
        """The names of the columns."""
        return self._line("", HEAD)

    def line(self, verdict: Verdict) -> str:
        """One verdict."""
        measured = "none" if verdict.trouble else number(verdict.measured)
        line = self._line("ok" if verdict.holds else "FAILS", _cells(verdict.known, measured))
        return f"{line}\n       {verdict.trouble}" if verdict.trouble else line

    def _line(self, mark: str, cells: Sequence[str]) -> str:
        what, expected, measured, tolerance, source = (
            f"{cell:>{width}}" if 1 <= column <= 2 else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(cells, self._widths, strict=True))
        )
        return f"{mark:5}  {what}  {expected}  {measured}  {tolerance}  {source}".rstrip()


def number(value: float) -> str:
    """A number in at most eleven characters."""
    return f"{value:.5g}" if value == 0 or abs(value) < 1e-3 else f"{value:.7g}"


def _cells(known: Known, measured: str) -> tuple[str, str, str, str, str]:
    if isinstance(known.expected, tuple):
        expected, tolerance = " to ".join(f"{bound:.4g}" for bound in known.expected), "range"
    else:
        expected = number(known.expected)
        exact = "exactly" if known.tolerance == 0 else f"± {known.tolerance:.3g}"
        tolerance = f"± {100 * known.tolerance:.3g} %" if known.kind == "rel" else exact
    return known.what, expected, measured, tolerance, known.source
