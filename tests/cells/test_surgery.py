"""What an operation changes, against formulas by hand, and what it leaves as it was."""

import pytest
import torch

from explorer.cells import (
    ABLATIONS,
    CELLS,
    Clamp,
    InputEdit,
    State,
    Surgery,
    WeightEdit,
    ablations_of,
    untouched,
)
from tests.ulps import ulps_apart

STEPS, INPUTS, UNITS = 8, 3, 5


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def drawn(name):
    return CELLS[name].draw(INPUTS, UNITS, torch.Generator().manual_seed(0), torch.float64)


def start(name):
    memory = normal(2, UNITS) if CELLS[name].memory == "cell" else None
    return State(normal(1, UNITS), memory)


def read(name, surgery=None, weights=None):
    """All steps of a reading of eight random inputs, operated on or not."""
    cell, x = CELLS[name], normal(3, STEPS, INPUTS)
    weights, state, steps = weights or drawn(name), start(name), []
    if surgery is not None:
        surgery.check(cell, weights, STEPS)
        weights, x = surgery.weights(weights), surgery.input(x)
    for number, numbers in enumerate(x):
        touch = untouched if surgery is None else surgery.touch(number)
        steps.append(cell.step(weights, numbers, state, touch))
        state = steps[-1].state
    return steps


def fields_of(step):
    return vars(step).items()


ALL_ABLATIONS = [(cell.name, name) for cell in CELLS.values() for name in ablations_of(cell)]


@pytest.mark.parametrize("name", CELLS)
def test_a_surgery_that_changes_nothing_gives_the_same_bits(name):
    values = {part: float(getattr(read(name)[4], part)[2]) for part in CELLS[name].touchable}
    own = drawn(name)
    idle = Surgery(
        clamps=tuple(Clamp(part, (2,), 4, 4, value) for part, value in values.items()),
        edits=(WeightEdit("weight_hh", 1, 2, float(own.weight_hh[1, 2])),),
        inputs=(InputEdit(3, 1, float(normal(3, STEPS, INPUTS)[3, 1])),),
    )

    for surgery in (Surgery(), idle):
        for ours, plain in zip(read(name, surgery), read(name), strict=True):
            assert all(
                torch.equal(getattr(plain, field), value) for field, value in fields_of(ours)
            )


def test_no_surgery_is_false_and_hands_everything_back():
    weights, x = drawn("lstm"), normal(0, STEPS, INPUTS)

    assert not Surgery()
    assert Surgery(without=("no_input_gate",))
    assert Surgery().weights(weights) is weights
    assert Surgery(without=("no_input_gate",)).touch(0) is not untouched
    assert Surgery().input(x) is x
    assert Surgery().touch(0) is untouched


@pytest.mark.parametrize("name", ["lstm", "lstm_peephole"])
def test_an_lstm_that_neither_forgets_nor_writes_keeps_its_memory_exactly(name):
    held = Surgery(clamps=(Clamp("forget_gate", (), 2, 6, 1.0), Clamp("input_gate", (), 2, 6, 0.0)))

    steps = read(name, held)

    for step in steps[2:7]:
        assert torch.equal(step.cell, steps[1].cell)
    assert not torch.equal(steps[7].cell, steps[1].cell)


@pytest.mark.parametrize("name", ["gru", "gru_before"])
def test_a_gru_whose_update_gate_is_held_open_keeps_its_state_exactly(name):
    steps = read(name, Surgery(clamps=(Clamp("update_gate", (), 0, 7, 1.0),)))

    assert all(torch.equal(step.hidden, start(name).hidden) for step in steps)


@pytest.mark.parametrize(
    ("name", "part"), [(c.name, p) for c in CELLS.values() for p in c.touchable]
)
def test_a_clamp_sets_its_units_in_its_span_and_nothing_before_it(name, part):
    steps = read(name, Surgery(clamps=(Clamp(part, (1, 3), 2, 4, 0.25),)))

    plain = read(name)
    for number, (step, without) in enumerate(zip(steps, plain, strict=True)):
        held = getattr(step, part) == 0.25
        assert held[[1, 3]].all() == (2 <= number <= 4)
        assert not held[[0, 2, 4]].any()
        same = all(torch.equal(getattr(without, key), value) for key, value in fields_of(step))
        assert same == (number < 2)


def test_what_follows_a_clamped_gate_follows_from_the_clamped_value():
    step = read("lstm", Surgery(clamps=(Clamp("input_gate", (0,), 3, 3, 0.9),)))[3]

    assert step.written[0] == 0.9 * step.candidate[0]
    assert step.gate("input_gate").value[0] == 0.9
    assert torch.sigmoid(step.gate("input_gate").preactivation[0]) != 0.9  # stays as computed


def test_a_coupled_forget_gate_is_the_rest_of_the_clamped_input_gate():
    step = read("lstm_coupled", Surgery(clamps=(Clamp("input_gate", (0,), 3, 3, 0.9),)))[3]
    before = read("lstm_coupled")[2].cell

    assert step.forget_gate[0] == pytest.approx(0.1)
    assert step.cell[0] == pytest.approx(float(0.1 * before[0] + 0.9 * step.candidate[0]))
    assert torch.equal(step.forget_gate, 1 - step.input_gate)


def test_a_clamped_memory_is_the_state_that_the_next_step_starts_from():
    steps = read("lstm", Surgery(clamps=(Clamp("cell", (2,), 3, 3, 7.0),)))

    assert steps[4].kept[2] == steps[4].forget_gate[2] * 7.0
    assert ulps_apart(steps[3].squashed[2], torch.tensor(7.0, dtype=torch.float64).tanh()) <= 2


def test_the_later_of_two_clamps_holds_and_a_clamp_is_stronger_than_an_ablation():
    both = (Clamp("forget_gate", (), 0, 7, 0.1), Clamp("forget_gate", (2,), 0, 7, 0.3))

    step = read("lstm", Surgery(clamps=both, without=("no_forget_gate",)))[5]

    assert step.forget_gate.tolist() == [0.1, 0.1, 0.3, 0.1, 0.1]


def by_hand(weights, x, h, c, i=None, f=None, o=None, out=torch.tanh, see=1.0):
    """The vanilla LSTM of Greff et al. (2017, section 2) with a part of it replaced."""
    sides = x @ weights.weight_ih.T + weights.bias_ih + h @ weights.weight_hh.T + weights.bias_hh
    before_i, before_f, z, before_o = sides.chunk(4)
    p = torch.zeros(3, UNITS).double() if weights.peepholes is None else see * weights.peepholes
    one = torch.ones_like(c)
    i = (before_i + p[0] * c).sigmoid() if i is None else i * one
    f = (before_f + p[1] * c).sigmoid() if f is None else 1 - i if f == "coupled" else f * one
    c = f * c + i * z.tanh()
    o = (before_o + p[2] * c).sigmoid() if o is None else o * one
    return o * out(c), c


VARIANTS = {
    "no_input_gate": {"i": 1.0},
    "no_forget_gate": {"f": 1.0},
    "no_output_gate": {"o": 1.0},
    "no_output_squashing": {"out": lambda c: c},
    "coupled": {"f": "coupled"},
    "no_peepholes": {"see": 0.0},
}


@pytest.mark.parametrize(
    ("name", "ablation"), [pair for pair in ALL_ABLATIONS if pair[0] in ("lstm", "lstm_peephole")]
)
def test_a_variant_of_greff_et_al_is_its_formula_written_out(name, ablation):
    weights, state = drawn(name), start(name)
    hidden, memory = state.hidden, state.cell

    for step, x in zip(
        read(name, Surgery(without=(ablation,))), normal(3, STEPS, INPUTS), strict=True
    ):
        hidden, memory = by_hand(weights, x, hidden, memory, **VARIANTS[ablation])
        torch.testing.assert_close(step.hidden, hidden, rtol=0, atol=1e-14)
        torch.testing.assert_close(step.cell, memory, rtol=0, atol=1e-14)


def test_a_coupled_lstm_can_lose_all_but_its_input_gate():
    assert set(ablations_of(CELLS["lstm_coupled"])) == {
        "no_forget_gate",
        "no_output_gate",
        "no_output_squashing",
    }
    uncoupled = read("lstm_coupled", Surgery(without=("no_forget_gate",)))[0]
    assert torch.equal(uncoupled.kept, start("lstm_coupled").cell)
    assert torch.equal(uncoupled.written, read("lstm_coupled")[0].written)
    for number, name in ((-1, "no_output_gate"), (-1, "no_output_squashing")):
        step = read("lstm_coupled", Surgery(without=(name,)))[number]
        expected = step.cell.tanh() if name == "no_output_gate" else step.output_gate * step.cell
        assert torch.equal(step.hidden, expected)


@pytest.mark.parametrize("name", ["gru", "gru_before"])
def test_a_gru_without_its_reset_gate_sees_all_of_its_state(name):
    weights, h = drawn(name), start(name).hidden

    for step, x in zip(
        read(name, Surgery(without=("no_reset_gate",))), normal(3, STEPS, INPUTS), strict=True
    ):
        sides = [x @ weights.weight_ih.T + weights.bias_ih, h @ weights.weight_hh.T]
        _, z, n = (sides[0] + sides[1] + weights.bias_hh).chunk(3)
        h = z.sigmoid() * h + (1 - z.sigmoid()) * n.tanh()
        torch.testing.assert_close(step.hidden, h, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["gru", "gru_before"])
def test_a_gru_without_its_update_gate_rewrites_its_state_at_every_step(name):
    for step in read(name, Surgery(without=("no_update_gate",))):
        assert torch.equal(step.hidden, step.new)
        assert not step.kept.any()


def test_several_parts_can_be_lost_at_once():
    step = read("lstm", Surgery(without=("no_input_gate", "no_output_gate", "coupled")))[2]

    assert torch.equal(step.hidden, step.candidate.tanh())  # f = 1 - 1


@pytest.mark.parametrize(
    ("matrix", "row", "column"),
    [
        ("weight_ih", 7, 2),
        ("weight_hh", 19, 0),
        ("bias_ih", 4, 0),
        ("bias_hh", 11, 0),
        ("peepholes", 2, 3),
    ],
)
def test_an_edit_changes_one_number_and_leaves_the_given_weights_alone(matrix, row, column):
    weights, before = drawn("lstm_peephole"), drawn("lstm_peephole")

    edited = Surgery(edits=(WeightEdit(matrix, row, column, 9.0),)).weights(weights)

    for name, part in before.parts.items():
        assert torch.equal(weights.parts[name], part)
        changed = (edited.parts[name] != part).nonzero().tolist()
        place = [row, column] if part.dim() == 2 else [row]
        assert changed == ([place] if name == matrix else [])
        if name == matrix:
            assert edited.parts[name][tuple(place)] == 9.0


def test_two_edits_of_one_matrix_are_both_made():
    edits = (WeightEdit("weight_hh", 0, 1, 2.0), WeightEdit("weight_hh", 3, 4, 5.0))

    edited = Surgery(edits=edits).weights(drawn("gru")).weight_hh

    assert (edited[0, 1], edited[3, 4]) == (2.0, 5.0)


def test_an_edit_of_the_input_changes_one_entry_in_every_sequence_of_a_batch():
    x = normal(0, STEPS, 4, INPUTS)
    before = x.clone()

    edited = Surgery(inputs=(InputEdit(6, 2, 9.0),)).input(x)

    assert torch.equal(x, before)
    assert (edited[6, :, 2] == 9.0).all()
    assert (edited != x).sum() == 4


def test_without_peepholes_the_gates_see_nothing_and_the_given_weights_still_have_them():
    weights = drawn("lstm_peephole")

    step = read("lstm_peephole", Surgery(without=("no_peepholes",)), weights)[3]

    assert weights.peepholes.all()
    assert not step.from_memory.any()


def test_gradients_flow_around_a_clamp():
    weights, state = drawn("lstm"), start("lstm")
    weights.bias_ih.requires_grad_()
    touch = Surgery(clamps=(Clamp("candidate", (1,), 0, 0, 0.5),)).touch(0)

    CELLS["lstm"].step(weights, normal(3, INPUTS), state, touch).hidden.sum().backward()

    candidate = weights.bias_ih.grad[2 * UNITS : 3 * UNITS]
    assert (candidate == 0).tolist() == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("name", "surgery", "sentence"),
    [
        (
            "gru",
            Surgery(clamps=(Clamp("forget_gate", (), 0, 1, 0.0),)),
            "unknown part 'forget_gate' of gru; choose from 'reset_gate', 'update_gate', 'new', ",
        ),
        (
            "lstm",
            Surgery(clamps=(Clamp("cell", (5,), 0, 1, 0.0),)),
            "unit of a clamp of cell must be from 0 to 4, not 5",
        ),
        (
            "lstm",
            Surgery(clamps=(Clamp("cell", (-1,), 0, 1, 0.0),)),
            "unit of a clamp of cell must be from 0 to 4, not -1",
        ),
        (
            "lstm",
            Surgery(clamps=(Clamp("cell", (), 0, 8, 0.0),)),
            "step of a clamp of cell must be from 0 to 7, not 8",
        ),
        (
            "lstm",
            Surgery(edits=(WeightEdit("weight_ih", 20, 0, 0.0),)),
            "row of an edit of weight_ih must be from 0 to 19, not 20",
        ),
        (
            "lstm",
            Surgery(edits=(WeightEdit("bias_hh", 0, 1, 0.0),)),
            "column of an edit of bias_hh must be from 0 to 0, not 1",
        ),
        (
            "lstm",
            Surgery(edits=(WeightEdit("peepholes", 0, 1, 0.0),)),
            "no peepholes to edit; choose from 'weight_ih', ",
        ),
        (
            "lstm",
            Surgery(inputs=(InputEdit(8, 0, 0.0),)),
            "step of the input must be from 0 to 7, not 8",
        ),
        (
            "lstm",
            Surgery(inputs=(InputEdit(0, 3, 0.0),)),
            "entry of the input must be from 0 to 2, not 3",
        ),
        (
            "lstm",
            Surgery(without=("no_peepholes",)),
            "'no_peepholes' does not apply to lstm; choose from 'no_input_gate', ",
        ),
        (
            "rnn_tanh",
            Surgery(without=("no_input_gate",)),
            "'no_input_gate' does not apply to rnn_tanh; choose from nothing",
        ),
        (
            "lstm",
            Surgery(without=("no_forget_gate", "coupled")),
            "no_forget_gate and coupled both replace forget_gate; choose one",
        ),
    ],
)
def test_what_cannot_be_done_to_a_cell_is_said_in_one_line(name, surgery, sentence):
    with pytest.raises(ValueError) as told:
        surgery.check(CELLS[name], drawn(name), STEPS)

    assert str(told.value).startswith(sentence)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Clamp("cell", (), 3, 2, 0.0), "not from 3 to 2"),
        (lambda: Clamp("cell", (), -1, 2, 0.0), "not from -1 to 2"),
        (lambda: Clamp("cell", (), 0, 2, float("nan")), "a clamp of cell needs a finite number"),
        (
            lambda: WeightEdit("weights", 0, 0, 0.0),
            "unknown matrix 'weights'; choose from 'weight_ih'",
        ),
        (lambda: WeightEdit("bias_ih", 0, 0, float("inf")), "an edit of bias_ih needs a finite"),
        (lambda: InputEdit(0, 0, float("nan")), "an edit of the input needs a finite number"),
        (
            lambda: Surgery(without=("no_brain",)),
            "unknown ablation 'no_brain'; choose from 'no_input",
        ),
    ],
)
def test_what_could_be_done_to_no_cell_is_refused_at_once(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_every_ablation_has_a_cell_and_a_part_of_it():
    for name, ablation in ABLATIONS.items():
        able = [cell for cell in CELLS.values() if name in cell.ablations]
        assert able, name
        for cell in able:
            assert ablation.part in (*cell.touchable, *(["peepholes"] if cell.peepholes else []))
    assert {name for cell in CELLS.values() for name in cell.ablations} == set(ABLATIONS)
