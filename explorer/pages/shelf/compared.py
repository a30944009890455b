"""Two kept runs of one kind side by side: what differs in their settings, and in their numbers."""

import html
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.pages.shelf.opened import parcel_of, played
from explorer.runs.shelf import Kept, Parcel
from explorer.runs.shelf.numbers import courses, labels

HEIGHT = 760  # px of a stage that has half of the width
LONGEST_SHOWN = 60  # characters of a setting


def beside(first: Kept, second: Kept) -> None:
    """Show two runs, each on a stage of its own. `ShelfError` where one cannot be shown."""
    for row, column in zip((first, second), st.columns(2, gap="medium"), strict=True):
        with column:
            st.html(f'<h2 class="kept-name">{html.escape(row.name)}</h2>')
            played(row, f"shelf.stage.{'left' if row is first else 'right'}", HEIGHT)
    one, other = parcel_of(first), parcel_of(second)
    _settings(one, other)
    _numbers(one, other)


def differences(one: Parcel, other: Parcel) -> list[tuple[str, str, str]]:
    """Return the settings in which two runs differ: the name, and what it is in each."""
    ours, theirs = dict(one.settings), dict(other.settings)
    names = dict.fromkeys((*ours, *theirs))
    return [
        (name, _told(ours, name), _told(theirs, name))
        for name in names
        if ours.get(name) != theirs.get(name) or (name in ours) != (name in theirs)
    ]


def _told(settings: dict[str, object], name: str) -> str:
    if name not in settings:
        return "not there"
    text = str(settings[name])
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _settings(one: Parcel, other: Parcel) -> None:
    found = differences(one, other)
    st.markdown("## What differs")
    if not found:
        st.caption("No setting: both were asked for the same.")
        return
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(each or 'none')}</td>" for each in row) + "</tr>"
        for row in found
    )
    heads = "".join(
        f"<th>{html.escape(each)}</th>" for each in ("setting", *_names(one.name, other.name))
    )
    st.html(
        f'<div class="small-table"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _numbers(one: Parcel, other: Parcel) -> None:
    from explorer.figures.shelf import beside  # plotly, which no page that only keeps needs

    ours, theirs = courses(one.past), courses(other.past)
    called = labels(other.scene) | labels(one.scene)
    shared = [name for name in ours if name in theirs]
    if not shared:
        return
    shared.sort(key=lambda name: name not in called)  # what the picture shows comes first
    st.markdown("## Their numbers")
    told = {name: f"{called[name]} ({name})" if name in called else name for name in shared}
    name = st.selectbox("Number", shared, format_func=told.__getitem__, key="shelf.number")
    label = told[name]
    st.plotly_chart(
        beside(
            ours[name],
            theirs[name],
            _names(one.name, other.name),
            label,
            one.clock,
            st.context.theme.type == "dark",
        ),
        theme=None,
        key="shelf.numbers",
        alt=f"{label} of both runs over their steps.",
    )
    st.caption(
        furthest(ours[name].steps, ours[name].values, theirs[name].steps, theirs[name].values)
    )


def furthest(
    steps: np.ndarray, values: np.ndarray, other_steps: np.ndarray, other_values: np.ndarray
) -> str:
    """Say where one number of two runs lies furthest apart, of the steps that both have."""
    shared, at, there = np.intersect1d(steps, other_steps, return_indices=True)
    apart = np.abs(values[at] - other_values[there])
    if not np.isfinite(apart).any():
        return "No step of one has this number in the other."
    if not np.nanmax(apart):
        return f"Equal at all {np.isfinite(apart).sum():,} steps that both have."
    most = int(np.nanargmax(apart))
    return (
        f"Furthest apart at step {shared[most]:,.0f}, by {apart[most]:.3g}, of the "
        f"{np.isfinite(apart).sum():,} steps that both have. "
        "One run each: seeds may differ as much."
    )


def _names(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first != second else (f"{first} (left)", f"{second} (right)")


def others(row: Kept, rows: Sequence[Kept]) -> list[Kept]:
    """Return the runs that can be laid beside one."""
    return [each for each in rows if each.kind == row.kind and each.number != row.number]
