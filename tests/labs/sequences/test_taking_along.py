"""Networks that learned here: saved and opened again, in the cell lab, and as scripts."""

import importlib.util
import json
import sys
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load, save

from explorer.figures.cells import answers
from explorer.labs.cells.reading import read
from explorer.labs.cells.settings import CellLab
from explorer.labs.sequences import inside, shelf
from explorer.labs.sequences.compared import by_cells, inputs_of
from explorer.labs.sequences.learned import learned_at
from explorer.labs.sequences.learning import Running, SideBySide
from explorer.labs.sequences.saved import ENTRY, opened, packed
from explorer.labs.sequences.script import as_script
from explorer.networks.trained import metadata
from explorer.sequences.kinds.translating import END
from explorer.verify.network_scripts import TOLERANCE, difference_to_the_script

SMALL = {"third": "", "units": 6, "seed": 3}


def learned(task: str, kind: str, ticks: int = 2, **settings):
    training = SideBySide(task=task, first=kind, second=kind, **{**SMALL, **settings})
    return learned_at(training, "a", None, ticks)


@pytest.fixture(scope="module")
def forecaster():
    return learned("sunspots", "gru")


def damaged(data: bytes, **about) -> bytes:
    told = json.loads(metadata(data)[ENTRY])
    return save(load(data), metadata={ENTRY: json.dumps(told | about)})


@pytest.mark.parametrize(
    ("task", "kind"),
    [("embedded", "stacked"), ("sunspots", "window"), ("speech", "both"), ("own", "peephole")],
)
def test_a_file_gives_back_the_network_bit_for_bit_with_all_that_it_was_learned_by(task, kind):
    before = learned(task, kind, layers=3)
    after = opened("a.safetensors", packed(before))

    assert after.training == before.training
    assert after.updates == before.updates == 2
    problem = before.problem
    assert torch.equal(problem.answers(after.network), problem.answers(before.network))
    assert packed(after) == packed(before)


def test_a_network_at_a_tick_is_that_of_the_run_whichever_state_it_goes_on_from():
    training = SideBySide(task="sunspots", first="vanilla", second="gru", **SMALL)
    frames = [frame for frame in training.stream() if frame.step <= 100]
    running = Running(training, training.learners())
    for _ in range(103):
        running.step()
    state = next(frame.state for frame in frames if frame.step == 100)

    found = learned_at(training, "b", state, 103)

    assert found.kind == "gru"
    for name, part in running.learners["b"].lesson.network().parameters.items():
        assert torch.equal(found.network.parameters[name], part)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda data: b"", "no network of the sequence lab is in it"),
        (lambda data: data[: len(data) // 2], "cannot be opened"),
        (lambda data: save({"weight_ih_l0": torch.zeros(4, 4)}), "no network of the sequence lab"),
        (lambda data: b"\x80\x04cos\nsystem\n(S'true'\ntR.", "no network of the sequence lab"),
        (lambda data: (2**63).to_bytes(8, "little") + data[8:], "cannot be opened"),
        (lambda data: damaged(data, version=2), "written as version 2"),
        (lambda data: damaged(data, version="1"), "version must be a whole number"),
        (lambda data: damaged(data, reads={"signs": [], "names": [], "mean": [10**400]}), "opened"),
        (lambda data: damaged(data, settings=[]), "its settings are no table"),
        (lambda data: damaged(data, kind="transformer"), "unknown kind 'transformer'"),
        (lambda data: damaged(data, updates=-1), "updates must be a whole number from 0"),
        (lambda data: damaged(data, settings={"task": "sunspots"}), "lacks cell"),
        (lambda data: damaged(data, reads={"signs": ["a"]}), "its signs are not those of the task"),
        (
            lambda data: damaged(data, kind="vanilla"),
            "recurrent.weight_ih_l0 must be 24×1, not 18×1",
        ),
        (lambda data: damaged(data, kind="window"), "it lacks 'hidden.bias', which a network"),
    ],
)
def test_a_hostile_damaged_or_foreign_file_gets_one_sentence(forecaster, harm, says):
    with pytest.raises(ValueError, match="cannot be opened") as refused:
        opened("../../etc/\nsome.safetensors", harm(packed(forecaster)))

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "/" not in str(refused.value).split(" cannot")[0]


def test_numbers_that_are_none_or_mean_something_else_are_refused(forecaster):
    data = packed(forecaster)
    about, tensors = metadata(data), load(data)
    broken = tensors | {"readout.bias": torch.tensor([torch.nan])}
    told = json.loads(about[ENTRY])
    told["reads"]["mean"] = [told["reads"]["mean"][0] * 1.01]

    with pytest.raises(ValueError, match=r"readout\.bias must be finite float32 numbers"):
        opened("a", save(broken, metadata=about))
    with pytest.raises(ValueError, match="its mean differs"):
        opened("a", save(tensors, metadata={ENTRY: json.dumps(told)}))


@pytest.mark.parametrize(
    ("task", "kind", "cell"),
    [
        ("embedded", "stacked", "lstm"),
        ("embedded", "both_summed", "lstm_coupled"),
        ("embedded", "convolved", "lstm"),
        ("speech", "both", "gru"),
        ("speech", "averaged", "lstm"),
        ("sunspots", "peephole", "lstm"),
        ("way", "frames", "lstm"),
    ],
)
def test_the_cell_lab_says_what_the_network_says(task, kind, cell):
    found = learned(task, kind, cell=cell)
    problem, network = found.problem, found.network
    part = inside.enclosed(found)[0]
    if problem.signs:
        given = part.material.given(part.material.example)
        number = found.task.example()
    else:
        number = 5
        given = part.material.given(number)
    inputs = inputs_of(problem, number)
    with torch.no_grad():
        said = network(inputs)[..., 0, :] if inputs.ndim == 3 else network(inputs)[:, 0]

    response = part.kind.respond(part.network, given)

    assert part.differs < 1e-6
    if task == "sunspots":
        after = float(problem.values[problem.learned + 4] + said * problem.spread)
        assert response.scalars["prediction"][-1] == pytest.approx(after, abs=1e-3)
        return
    expected = problem.chances(said).double()
    assert response.probabilities[-1] == pytest.approx(
        expected.numpy() if expected.ndim == 1 else expected[-1].numpy(), abs=1e-5
    )


@pytest.mark.parametrize("kind", ["translator", "attending", "reversed", "attending_gru"])
def test_encoder_and_decoder_in_the_cell_lab_write_what_the_network_writes(kind):
    found = learned("sums", kind)
    problem, network = found.problem, found.network
    read, wrote = inside.enclosed(found)
    codes = problem.encode("58+67")[:, None]
    with torch.no_grad():
        source = network.read(codes)
        greedy = network.greedy(source, problem.shape.writes).answers[:, 0]
        first = network.write(source, torch.full((1, 1), END), source.last)[0].answers[0, 0]

    encoder = read.kind.respond(read.network, read.material.given("58+67")).probabilities
    decoder = wrote.kind.respond(wrote.network, wrote.material.given("58+67")).probabilities

    assert encoder[-1] == pytest.approx(first.softmax(-1).double().numpy(), abs=1e-5)
    assert decoder == pytest.approx(greedy[: len(decoder)].softmax(-1).double().numpy(), abs=1e-5)
    assert len(read.material.given("58+67").tokens) == 5


def test_every_view_of_the_cell_lab_opens_what_was_learned_here():
    found = learned("embedded", "both")
    mark = shelf.keep(found, "both.safetensors")
    settings = CellLab(reads="yours", upload=mark, place=1)

    for view in ("step", "memory", "patterns", "surgery"):
        shown = getattr(answers, view)(replace(settings, view=view), False)
        assert len(shown.frames) == len(found.task.text())
    seen = read(settings)
    assert seen.backward
    assert seen.classes == found.problem.names
    assert seen.difference < 1e-12
    assert "".join(seen.reader.tokens) == found.task.text()
    with pytest.raises(ValueError, match="knows no 'Q'"):
        read(replace(settings, given="BQ"))


def test_one_that_writes_text_writes_in_the_cell_lab_and_one_without_layers_does_not_open():
    writes = inside.opened(learned("like_you", "vanilla"), "a")

    assert writes.enclosed[0].kind.next_ones(writes.enclosed[0].network)
    assert inside.opened(learned("like_you", "window"), "a") is None
    window = learned("like_you", "window")
    assert by_cells(window.task, window.problem, window.network) is None


def test_a_script_runs_alone_and_its_first_losses_are_those_of_the_training():
    training = SideBySide(
        task="speech", first="both_summed", second="gru", dropout=0.2, **(SMALL | {"steps": 50})
    )

    assert difference_to_the_script(training) < TOLERANCE


@pytest.mark.parametrize(
    ("task", "kind", "cell"),
    [
        ("embedded", "stacked", "lstm_peephole"),
        ("sunspots", "window", "lstm"),
        ("co2", "convolved", "gru_before"),
        ("rows", "unordered", "lstm"),
        ("way", "frames", "lstm_coupled"),
        ("sums", "reversed", "lstm_coupled"),
        ("sums", "attending", "gru"),
    ],
)
def test_the_script_of_every_network_draws_it_and_its_batches_as_they_are_here(
    monkeypatch, tmp_path, task, kind, cell
):
    training = SideBySide(
        task=task, first=kind, second=kind, cell=cell, dropout=0.1, **(SMALL | {"seed": 2})
    )
    path = tmp_path / "taken_along.py"
    path.write_text(as_script(training, "a", updates=1), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, path.stem, script)
    threads = torch.get_num_threads()
    spec.loader.exec_module(script)
    torch.set_num_threads(threads)
    lesson = training.learners()["a"].lesson
    weights, data, noise = (torch.Generator().manual_seed(3 * 2 + of) for of in range(3))
    network = script.Network(weights)
    batch = script.problem.examples(data)

    loss = script.problem.loss(script.says(network, batch, data, noise), batch)

    assert sum(part.numel() for part in network.parameters()) == lesson.network().size
    assert loss.item() == pytest.approx(lesson.loss().item(), rel=1e-5)


def test_a_script_names_its_link_and_no_more_than_one_line_of_it():
    training = SideBySide(task="sunspots", first="vanilla", second="gru", **SMALL)
    text = as_script(training, "b", '/sequences?x="""\nimport os')

    assert "The link: /sequences?x=import os\n" in text
    assert f"UPDATES = {training.steps}" in text
