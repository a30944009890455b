"""The home page: what each lab answers, as a small moving picture that leads there."""

import streamlit as st

from explorer.lessons.blocks import heads
from explorer.pages import surroundings, terms
from explorer.pages.dials import entered
from explorer.pages.places import place
from explorer.runs.hub import Ticket, the_hub
from explorer.runs.recorded import Recorded, load
from explorer.stage.component import show

CARDS = (
    (
        "cells",
        "What does it remember, and who let it in?",
        "A trained cell reads your text. Step through it gate by gate, take any number apart down "
        "to weight × input, and operate on it: shut a gate and see what it forgets.",
        "Open the cells",
    ),
    (
        "gradients",
        "How far back can it feel?",
        "The gradient's norm at every earlier step: it dies in a plain RNN, and the forget bias "
        "decides what becomes of it in an LSTM. With theory, as far as it claims to hold.",
        "Open the gradients",
    ),
    (
        "gans",
        "What did each one really learn?",
        "A GAN against a WGAN-GP, live and from the same seed: which modes each holds, what its "
        "judge thinks, and how far it is from the data.",
        "Open the games",
    ),
)
TRY: tuple[tuple[str, dict[str, str], str], ...] = (
    ("gans", {"critic_steps": "1"}, "One discriminator step: does the GAN still lose modes?"),
    ("gans", {"data": "grid"}, "Twenty-five modes instead of eight"),
    ("gradients", {"forget_bias": "0"}, "An LSTM without its forget bias fades like an RNN"),
    ("gradients", {"forget_bias": "5"}, "Too much forget bias: an LSTM whose gradient explodes"),
    ("gradients", {"view": "live"}, "RNN, LSTM and GRU learn to add, side by side"),
    ("sequences", {"task": "bracket"}, "How far is the closing bracket? Read both ways"),
    ("cells", {"view": "surgery"}, "Shut one forget gate: the network forgets its brackets"),
    ("cells", {"view": "memory"}, "How much of each letter is left in a memory?"),
    ("cells", {"view": "hand", "hand": "gru_counter"}, "An LSTM counts; where does a GRU stop?"),
    ("transport", {}, "Draw two piles of sand: what does moving one cost?"),
    ("transport", {"view": "sliding"}, "Which distance tells a generator where to go?"),
    ("transport", {"view": "guess"}, "Beat the best critic: weak duality as a game"),
)


def page() -> None:
    """Show the page."""
    entered("home")
    surroundings.heading(
        "A laboratory for recurrent networks and GANs",
        "Trained and measured while you watch; where PyTorch or a closed form knows the answer, it "
        "is checked against that.",
    )
    _begin()
    known: set[str] = set()
    with st.container(key="cards"):
        for column, (name, question, sentence, action) in zip(
            st.columns(3, gap="medium"), CARDS, strict=True
        ):
            with column, st.container(border=True):
                seen = load(name)
                ticket = _ticket(name, seen)
                show(seen.scene, ticket, key=f"home.{name}", live=False, height=290)
                said = terms.explained(sentence, known)
                st.html(f'<div class="card"><h2>{question}</h2><p>{said}</p></div>')
                st.page_link(place(name), label=action, width="stretch")
    st.html('<p class="try">Try, and check for yourself</p>')
    with st.container(key="try"):
        for row in (TRY[:3], TRY[3:6], TRY[6:9], TRY[9:]):
            for column, (name, parameters, line) in zip(
                st.columns(3, gap="medium"), row, strict=True
            ):
                column.page_link(
                    place(name),
                    label=line,
                    query_params=parameters,
                    width="stretch",
                )


def _begin() -> None:
    """Lead a newcomer to the first lesson, and whoever knows it to the others."""
    first, *others = heads()
    with st.container(key="begin", horizontal=True, vertical_alignment="center"):
        st.page_link(
            place("lessons"),
            label=f"New here? Begin with lesson 1: {first.title} ({first.minutes} minutes)",
            icon=":material/school:",
            query_params={"lesson": first.name},
        )
        st.page_link(place("lessons"), label=f"All {len(others) + 1} lessons")


def _ticket(name: str, seen: Recorded) -> Ticket:
    still, frames, precision = seen.still, seen.frames, seen.precision
    return surroundings.admitted(
        lambda viewer: the_hub().publish(viewer, f"home-{name}", still, frames, precision)
    )
