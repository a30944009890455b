"""Predictions with how often they came true, and published numbers with their settings."""

from typing import get_args

import streamlit as st

from explorer.figures import gans as figures
from explorer.gans.predictions import PRESETS, rate
from explorer.gans.published import PUBLISHED, SETTINGS, Data, Published
from explorer.labs.gans.settings import GanLab
from explorer.pages import surroundings
from explorer.pages.dials import Dials
from explorer.pages.gans import material
from explorer.pages.gans.presets import PLAYABLE, turned_to

CAVEAT = """
**Do not read across papers.** The same word, GAN, stands for 1 mode of the ring in one table and
for 6.3 in another: network, budget and definition decide. A three-sigma disc holds 98.89 % of a
perfect sampler's points, a three-sigma box 99.46 %; a table of 2,500 samples counts a mode as
captured when a single good one falls on it. The released code of GDPP, and the public
demonstration of the unrolled GAN, place the ring's centres so that the first and the last coincide:
seven modes in place of eight. Hollow points are
quoted from memory and were not read again in their source.

With an equal budget for tuning, no GAN was consistently better than the non-saturating one (Lucic
et al. 2018), and the loss of a WGAN is no close approximation of W₁ (Stanczuk et al. 2021). Nor is
WGAN-GP locally convergent (Mescheder et al. 2018): look at *Two numbers*.
"""


SOURCES = (Published, rate)


def show(dials: Dials[GanLab]) -> str:
    """Show the view; returns the sentence under its question."""
    dials.finish(material.stands(dials))
    st.markdown("## Predictions, and how often they came true")
    _predictions(dials)
    st.markdown("## Published numbers of mode collapse")
    dark = st.context.theme.type == "dark"
    for place, data in zip(st.columns(2), get_args(Data), strict=True):
        place.plotly_chart(
            figures.published_figure(PUBLISHED, data, dark),
            theme=None,
            key=f"gans.published.{data}",
            alt=f"Modes captured against good samples on the {data}, as four papers report them.",
        )
    st.markdown(CAVEAT)
    _settings()
    surroundings.unfolded("All numbers", _table())
    return (
        "Each prediction here was held against eight seeds. The numbers of others come with their "
        "settings, for without those they cannot be compared."
    )


def _predictions(dials: Dials[GanLab]) -> None:
    columns = st.columns(2, gap="large")
    for index, (name, preset) in enumerate(PRESETS.items()):
        measured = preset.measured
        with columns[index % 2].container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(
                    f"**{preset.label}.** {preset.claim} "
                    f"**{measured.hits} of {measured.seeds} seeds.**"
                )
            if name in PLAYABLE:
                st.button(
                    "Play",
                    key=f"gans.play.{name}",
                    on_click=lambda name=name: dials.set(**turned_to(name)),
                )
            elif name == "dirac":
                st.button(
                    "Look",
                    key=f"gans.play.{name}",
                    on_click=lambda: dials.set(view="dirac", dirac_game="r1"),
                )
    st.caption("Measured on one thread with seeds 0 to 7. The command that measures one again:")
    st.code(PRESETS["collapse"].command, language="bash")


def _settings() -> None:
    st.dataframe(
        [
            {
                "source": setting.source,
                "ring": setting.ring,
                "grid": setting.grid,
                "networks": setting.networks,
                "budget": setting.budget,
                "good": setting.good,
                "captured": setting.captured,
            }
            for setting in SETTINGS
        ],
        key="gans.settings",
        hide_index=True,
        width="stretch",
        height="content",
        row_height=72,
    )


def _table() -> str:
    head = (
        "| source | method | data | modes | good, % | reverse KL | |\n|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *map(_row, PUBLISHED)])


def _row(row: Published) -> str:
    divergence = "" if row.reverse_kl is None else _with_error(*row.reverse_kl)
    cells = (
        row.source,
        row.method,
        row.data,
        _with_error(row.modes, row.modes_error),
        _with_error(row.good, row.good_error),
        divergence,
        "" if row.read else "from memory",
    )
    return "| " + " | ".join(cells) + " |"


def _with_error(value: float, error: float | None) -> str:
    return f"{value:g}" if error is None else f"{value:g} ± {error:g}"
