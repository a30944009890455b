"""What determines a measurement of the gradient flow at initialisation."""

from dataclasses import dataclass

from explorer.dials import check, dial
from explorer.gradients.initial import RECURRENT_INITS
from explorer.gradients.unrolled import UNROLLED

LOSSES = {"last": "last step", "every": "every step"}
"""Which states the loss reads: L = v · h_T, or L = Σ_t v · h_t."""
KEEPING = {"given": "one for all", "chrono": "chrono"}
"""Where the bias of the gate that keeps comes from."""
PRECISIONS = {"float64": "64 bits", "float32": "32 bits"}
"""In which numbers the network goes forward and back."""


@dataclass(frozen=True)
class FlowSettings:
    """One cell at initialisation, drawn `seeds` times from `seed` on.

    A forget bias is b_f of the LSTM and b_z of the GRU; None leaves it as it was drawn, and where
    `keeping` is "chrono" it is not used. Raises `ValueError` with one line.
    """

    cell: str = dial("lstm", "Cell", choices=UNROLLED)
    length: int = dial(
        100,
        "Sequence length",
        "Steps between the first state and the loss.",
        low=2,
        high=1_000,
        offered=(10, 1_000),
        unit="steps",
    )
    units: int = dial(
        64, "Units", "Of each network.", low=2, high=128, offered=(8, 16, 32, 64, 128)
    )
    recurrent_init: str = dial(
        "default",
        "Recurrent matrix",
        "How the recurrent weights are drawn.",
        choices=RECURRENT_INITS,
    )
    gain: float = dial(
        1.0,
        "Gain",
        "Scales the recurrent matrix: every singular value of an orthogonal one, the spectral "
        "radius of a Gaussian one; an identity is times it.",
        low=0.05,
        high=4.0,
        offered=(0.1, 2.0),
        step=0.05,
    )
    forget_bias: float | None = dial(
        None,
        "Forget bias",
        "Bias of the gate that keeps: the larger, the longer it keeps.",
        low=-10.0,
        high=10.0,
        offered=(-2.0, 6.0),
        step=0.25,
    )
    input_scale: float = dial(
        1.0,
        "Input scale",
        "Standard deviation of the inputs; 0: nothing is read.",
        low=0.0,
        high=100.0,
        offered=(0.0, 0.1, 0.3, 1.0, 3.0, 10.0),
    )
    loss_at: str = dial(
        "last",
        "Loss reads",
        "Which states the loss sees: the last one alone, or each with the same weights.",
        choices=LOSSES,
    )
    precision: str = dial(
        "float64",
        "Precision",
        "Of the numbers forward and back. With 32 bits, as networks are trained, gradients below "
        "10⁻⁴⁵ are exactly 0.",
        choices=PRECISIONS,
    )
    keeping: str = dial(
        "given",
        "Keeping gate's bias",
        "The forget bias, the same for every unit, or drawn for memories as long as the sequence: "
        "log u with u uniform in 1 to T − 1 (Tallec and Ollivier 2018).",
        choices=KEEPING,
    )
    seeds: int = dial(
        5,
        "Seeds",
        "Networks drawn and averaged; the band is their spread.",
        low=1,
        high=20,
        offered=(1, 12),
    )
    batch: int = dial(  # samples for each network; they add less noise than five networks do
        4, "Sequences", "Random inputs for each seed.", low=1, high=64, offered=(4, 8, 16, 32)
    )
    seed: int = dial(
        0,
        "First seed",
        "Decides weights and inputs.",
        low=0,
        high=2**31 - 1,
        offered=(0, 999_999),
    )

    def __post_init__(self) -> None:
        check(self)
