"""The laboratory without its pages: what ``python -m explorer`` can be asked for."""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

WRONG_REQUEST = 2  # the exit status for a command that cannot be carried out as it stands
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong, without repeating how it is used."""

    def error(self, message: str) -> NoReturn:
        """End with the sentence on standard error."""
        self.exit(WRONG_REQUEST, f"{message}\n")


def parser() -> Parser:
    """Return the parser of the command line; it loads none of the rooms."""
    top = Parser(prog="python -m explorer", description=__doc__, allow_abbrev=False)
    commands = top.add_subparsers(
        dest="command", required=True, metavar="verify | bench | train | sweep | site"
    )

    verify = commands.add_parser(
        "verify",
        help="hold every known answer against what is computed here",
        description="Every known answer of the project as a table: what, expected, measured, "
        "tolerance, source. The exit status is 1 when one fails.",
    )
    verify.add_argument("--only", metavar="ROOM", help="the answers of one room")
    verify.add_argument("--quick", action="store_true", help="skip what takes more than 2 s")
    verify.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON too")

    bench = commands.add_parser(
        "bench",
        help="measure the speed claims side by side",
        description="Every speed claim as a ratio measured side by side in one run, one thread "
        "each: ours against a textbook loop, or against the target.",
    )
    bench.add_argument("--only", metavar="TEXT", help="the rows whose name contains this")
    bench.add_argument("--quick", action="store_true", help="fewer and shorter repeats")
    bench.add_argument("--browser", action="store_true", help="measure the running app as well")
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")

    train = commands.add_parser(
        "train",
        help="run an experiment and write it to a file",
        description="Run a preset or a link without a browser. The suffix of the file says what "
        "is written. The name of a shipped network trains it again, 'home' records the pictures of "
        "the home page into a folder, 'remedies' trains a deep stack with every remedy, and "
        "'compared' many seeds of the networks of the sequence lab.",
    )
    train.add_argument("what", metavar="PRESET|LINK", help="such as 'grid' or '/gans?data=grid'")
    train.add_argument("--seconds", type=_seconds, help="stop after so long")
    train.add_argument("--steps", type=_count, help="the length of the run")
    train.add_argument("--updates", type=_count, help="the length of the training of a network")
    train.add_argument("--seed", type=_count, help="the seed of a network")
    train.add_argument("--out", type=Path, required=True, metavar="FILE")

    site = commands.add_parser(
        "site",
        help="build the lessons as a static site",
        description="All lessons as pages that need no server and no network, into a folder: from "
        "a web host, or opened from a disk.",
    )
    site.add_argument("out", type=Path, metavar="OUT", help="the folder")
    site.add_argument("--only", nargs="+", metavar="LESSON", help="these lessons alone")
    sweep = commands.add_parser(
        "sweep",
        help="measure every combination of some dials over many seeds",
        description="Measure the runs of a preset or link, every combination of some dials with "
        "every seed, on all cores of this machine or on a Dask cluster: a row a run, written as it "
        "comes; an interrupted sweep goes on where it stood. 'predictions' and 'horizon' make the "
        "shipped records again.",
    )
    sweep.add_argument("what", metavar="PRESET|LINK", help="such as 'grid' or '/gans?data=grid'")
    sweep.add_argument(
        "--vary", nargs="+", default=[], metavar="DIAL=A,B", help="such as critic_steps=1,5"
    )
    sweep.add_argument("--seeds", metavar="FROM:TO", help="such as 0:64, 0:320:5 or 1,4,9")
    sweep.add_argument("--measure", metavar="A,B", help="numbers at the end, such as held,w1")
    sweep.add_argument(
        "--rate", nargs="+", default=[], metavar="CONDITION", help="such as 'a/held>=20'"
    )
    sweep.add_argument("--only", metavar="A,B", help="some of a record")
    sweep.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a Dask cluster's")
    sweep.add_argument("--workers", type=_count, help="processes here (as many as cores)")
    sweep.add_argument("--out", type=Path, required=True, metavar="FILE.csv")
    return top


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"seconds must be a number above 0, not {text[:40]!r}")
    return seconds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"this must be a whole number, not {text[:40]!r}")
    return int(text)


def prepare(asked: argparse.Namespace) -> Callable[[], int]:
    """Return the command, ready to be carried out, as a function that returns the exit status.

    Raises ValueError or OSError with one sentence for a request that cannot be met.
    """
    # Imported here because each loads torch and more, which the others need not wait for.
    if asked.command == "verify":
        from explorer.verify import verification

        return verification(asked.only, asked.quick, asked.json)
    if asked.command == "bench":
        from explorer.bench import benchmark

        return benchmark(asked.only, asked.quick, asked.browser, asked.json)
    if asked.command == "site":
        from explorer.site import site

        return site(asked.out, asked.only)
    if asked.command == "sweep":
        from explorer.sweep import sweeping

        return sweeping(
            asked.what,
            asked.out,
            asked.vary,
            asked.seeds,
            asked.measure,
            asked.rate,
            asked.only,
            asked.scheduler,
            asked.workers,
        )
    from explorer.train import training

    return training(asked.what, asked.out, asked.seconds, asked.steps, asked.updates, asked.seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return its exit status.

    0: done; 1: a known answer failed, or the run diverged; 2: the request is wrong, with one
    sentence on standard error; 130: interrupted.
    """
    asked = parser().parse_args(arguments)
    try:
        try:
            carry_out = prepare(asked)
        except (ValueError, OSError) as error:
            print(error, file=sys.stderr)
            return WRONG_REQUEST
        return carry_out()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
