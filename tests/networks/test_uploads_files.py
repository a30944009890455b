"""A file is known by what is in it, and nothing of it is executed or made larger than it is."""

import argparse
import bz2
import collections
import gzip
import io
import lzma
import pickle
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from uploading import good_files, layer, saved, unzipped, zipped

from explorer.networks.uploads import LARGEST_FILE, opened

GOOD = good_files()
LSTM = layer(nn.LSTM, 2, 3, num_layers=2)


def complaint(data, name="model.pt"):
    with pytest.raises(ValueError, match=r"\S") as refused:
        opened(name, data)
    said = str(refused.value)
    assert "\n" not in said
    return said


def older(what):
    """What `torch.save` wrote before 1.6."""
    content = io.BytesIO()
    torch.save(what, content, _use_new_zipfile_serialization=False)
    return content.getvalue()


def equal(found, module):
    """Whether an opened network has the very numbers of a module."""
    ours = found.stack.state_dict()
    return all(torch.equal(ours[name], value) for name, value in module.state_dict().items())


# names and contents


@pytest.mark.parametrize(
    "name",
    ["a.pt", "a.pth", "a.ckpt", "a.bin", "a.pth.tar", "a.safetensors", "a.hdf5", "a.txt", "a", "."],
)
@pytest.mark.parametrize("kind", GOOD)
def test_a_file_is_opened_by_what_is_in_it_whatever_its_name_ends_in(kind, name):
    found = opened(name, GOOD[kind]).found

    assert [each.name for each in found] == [each.name for each in opened(kind, GOOD[kind]).found]


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 132\n"
PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html lang='en'><head></head></html>"
SAVED_MODEL = b"\x08\x01\x12\x04\x0a\x02\x08\x01"
FROZEN = b"\x0a\x03\x0a\x01a\x0a\x03\x0a\x01b\x22\x02\x08\x01"


def npz():
    content = io.BytesIO()
    np.savez(content, weight_hh_l0=np.ones((12, 3)))
    return content.getvalue()


def tar(*names):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    return content.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (LFS, "it is a git-lfs pointer"),
        (PAGE, "it is a web page saved in place of the file"),
        (b"<?xml version='1.0'?><html xmlns='x'></html>", "it is a web page"),
        (gzip.compress(GOOD["model.pt"]), "packed with gzip"),
        (bz2.compress(GOOD["model.pt"]), "packed with bzip2"),
        (lzma.compress(GOOD["model.pt"]), "packed with xz"),
        (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(40), "a 7z archive"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(40), "a RAR archive"),
        (tar("model/a.txt"), "it is a tar archive"),
        (tar("sys_info", "pickle", "tensors"), "a PyTorch before 0.1.10"),
        (zipped({"model.pt": GOOD["model.pt"]}), "a zip archive of other files"),
        (zipped({"m/saved_model.pb": SAVED_MODEL}), "a TensorFlow SavedModel"),
        (SAVED_MODEL, "a TensorFlow SavedModel"),
        (FROZEN, "a frozen TensorFlow graph"),
        (b"\x1c\0\0\0TFL3" + bytes(20), "a TensorFlow Lite program"),
        (bytes(60) + bytes.fromhex("57fb808b247547db"), "the index of a TensorFlow checkpoint"),
        (npz(), "an archive of NumPy arrays (.npz)"),
        (npz()[30:], "damaged, or of none of the formats"),
        (b'{"a": [1, 2]}', "it is JSON"),
        (b'{"class_name": "Sequential", "config": {}}', "description of a model without its weig"),
        (b"step,loss\n1,0.5\n", "it is a text"),
        (b"MATLAB 7.3 MAT-file, Platform", "a MATLAB file"),
        (b"GGUF\3\0\0\0", "a GGUF file"),
        (bytes(range(128, 256)), "damaged, or of none of the formats"),
        (pickle.dumps([1, 2]), "it is a bare pickle"),
    ],
)
@pytest.mark.parametrize("name", ["model.pt", "weights.h5", "file"])
def test_a_file_of_another_kind_is_called_what_it_is(data, message, name):
    assert message in complaint(data, name)


def test_a_single_numpy_array_is_called_one():
    content = io.BytesIO()
    np.save(content, np.ones((12, 3)))

    assert "a single NumPy array" in complaint(content.getvalue())


# files of before torch 1.6


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_file_of_before_torch_1_6_has_the_same_numbers(kind):
    module = layer(kind, 2, 3, num_layers=2, bidirectional=True)

    (found,) = opened("model.pt", older({"epoch": 3, "state_dict": module.state_dict()})).found

    assert equal(found, module)
    assert found.convention.source == "PyTorch state dict of before torch 1.6"


@pytest.mark.parametrize("write", [saved, older])
def test_tensors_of_another_device_are_read_here(write):
    data = write({"state_dict": LSTM.state_dict()})
    assert data.count(b"X\x03\0\0\0cpu") == 1
    there = data.replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0")
    if write is saved:
        files = unzipped(data)
        pickled = next(name for name in files if name.endswith("data.pkl"))
        files[pickled] = files[pickled].replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0")
        there = zipped(files)

    (found,) = opened("model.pt", there).found

    assert equal(found, LSTM)


def test_tensors_of_one_storage_are_read_from_a_file_of_before_1_6():
    flat = torch.arange(48, dtype=torch.float32) / 48
    state = {
        "weight_ih_l0": flat[:12].view(6, 2),
        "weight_hh_l0": flat[12:].view(6, 6).T,
        "bias_ih_l0": flat[:6],
        "bias_hh_l0": flat[6:12],
    }

    (found,) = opened("model.pt", older(state)).found

    for name, value in state.items():
        assert torch.equal(found.stack.state_dict()[name], value)


class Explosive:
    def __reduce__(self):
        return (exec, ("raise SystemExit('executed')",))


@pytest.mark.parametrize("write", [saved, older])
@pytest.mark.parametrize(
    ("content", "named"),
    [({"state_dict": Explosive()}, "builtins.exec"), (LSTM, "torch.nn.modules.rnn.LSTM")],
    ids=["code", "a whole module"],
)
@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code")
def test_pickled_code_is_named_and_never_run(write, content, named):
    said = complaint(write(content))

    assert f"it holds pickled code ({named}" in said
    assert "which is never run here" in said


@pytest.mark.parametrize("write", [saved, older])
def test_what_stands_beside_a_state_dict_stays_unread(write):
    checkpoint = {
        "state_dict": LSTM.state_dict(),
        "args": argparse.Namespace(rate=0.1),
        "best": np.float64(0.5),
        "curve": np.ones(3),
        "path": Path("run"),
        "trap": Explosive(),
    }

    (found,) = opened("model.pth.tar", write(checkpoint)).found

    assert equal(found, LSTM)


@pytest.mark.parametrize("write", [saved, older])
def test_arrays_of_numpy_are_called_so(write):
    arrays = {name: value.numpy() for name, value in LSTM.state_dict().items()}

    assert "its numbers are NumPy arrays" in complaint(write(arrays))


@pytest.mark.parametrize("write", [saved, older])
def test_dictionaries_of_other_classes_are_read_as_plain_ones(write):
    kept = collections.defaultdict(dict, {"lstm": dict(LSTM.state_dict())})

    (found,) = opened("model.pth.tar", write({"networks": kept})).found

    assert found.name == "networks.lstm"
    assert equal(found, LSTM)


def test_what_was_left_unread_leaves_nothing_behind_in_torch():
    opened("model.pt", saved(LSTM.state_dict()))
    before = set(torch.serialization.get_safe_globals())

    opened("model.pt", saved({"state_dict": LSTM.state_dict(), "args": argparse.Namespace()}))

    assert set(torch.serialization.get_safe_globals()) == before


class Made:
    """Pickles as a call of anything with anything."""

    def __init__(self, what, *given):
        self.call = (what, given)

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("write", [saved, older])
@pytest.mark.parametrize(
    "hoard",
    [
        Made(bytearray, 10**11),
        Made(torch.Tensor, 10**5, 10**5),
        Made(torch.FloatTensor, 10**10),
        Made(torch.UntypedStorage, 10**11),
        Made(torch.nn.Parameter, Made(torch.Tensor, 1000)),
    ],
    ids=["bytearray", "tensor", "float tensor", "storage", "inside a parameter"],
)
def test_what_asks_for_memory_that_the_file_does_not_fill_gets_none(write, hoard):
    said = complaint(write({**LSTM.state_dict(), "hoard": hoard}))

    assert "it makes arrays besides tensors" in said


def test_a_text_encoded_again_and_again_is_not_made():
    import _codecs

    swollen = b"a"
    for _ in range(3):
        swollen = Made(_codecs.encode, swollen, "hex")

    assert "it makes text besides tensors" in complaint(saved({"a": swollen}))


def test_bytes_are_read_as_pickle_writes_them():
    (found,) = opened("a.pt", saved({"state_dict": LSTM.state_dict(), "note": b"as it is"})).found

    assert equal(found, LSTM)


def longer(data, place):
    """The same file, its first storage claiming a hundred numbers more at one place or another."""
    wanted = (24).to_bytes(8, "little") if place == "record" else b"cpuq\x07K\x18"
    assert data.count(wanted) == 1
    return data.replace(wanted, wanted.replace(b"\x18", b"\x7c"))


@pytest.fixture
def made(monkeypatch):
    """What torch was asked to make since."""
    asked = []
    monkeypatch.setattr(torch, "load", lambda *given, **options: asked.append(given))
    return asked


@pytest.mark.parametrize("place", ["record", "pickle"])
def test_storages_longer_than_what_is_in_an_older_file_are_refused(place, made):
    good = older(layer(nn.LSTM, 2, 3).state_dict())

    assert "damaged" in complaint(longer(good, place))
    assert not made


def test_a_storage_that_an_older_file_never_fills_is_refused(made):
    good = older(layer(nn.LSTM, 2, 3).state_dict())
    # A key is where the storage stood in memory, in digits; the last one goes, with its mark.
    *_, last = re.finditer(rb"X.\0\0\0\d+(?=q)", good, re.DOTALL)
    without = good[: last.start()] + good[last.end() + 2 :]

    assert "damaged" in complaint(without)
    assert not made


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9, 0.999])
def test_a_truncated_older_file_is_called_damaged(share, made):
    good = older(LSTM.state_dict())

    assert "damaged" in complaint(good[: max(16, int(share * len(good)))])
    assert not made


def test_storages_longer_than_their_records_are_refused_in_an_archive(made):
    files = unzipped(saved(layer(nn.LSTM, 2, 3).state_dict()))
    record = next(name for name in files if name.endswith("data/0"))

    assert "damaged" in complaint(zipped({**files, record: files[record][:-4]}))
    assert not made


def test_a_list_longer_than_any_network_is_refused():
    endless = dict.fromkeys(map(str, range(200_000)))

    assert "it lists too much" in complaint(saved(endless))
    assert "it lists too much" in complaint(older(endless))


def test_more_names_than_a_network_has_are_refused():
    assert "far more than a network" in complaint(saved(dict.fromkeys(range(20_000), 1)))


def test_a_newer_pickle_is_told_from_pickled_code():
    content = io.BytesIO()
    torch.save(LSTM.state_dict(), content, pickle_protocol=4)

    assert "it is pickled in a newer way" in complaint(content.getvalue())


def test_packed_weights_are_called_quantised():
    class Packed:
        pass

    Packed.__module__, Packed.__qualname__ = "torch", "ScriptObject"
    files = unzipped(saved({"lstm._all_weight_values.0.param": collections.Counter()}))
    pickled = next(name for name in files if name.endswith("data.pkl"))
    files[pickled] = files[pickled].replace(b"ccollections\nCounter\n", b"ctorch\nScriptObject\n")

    assert "it is quantised, its weights packed" in complaint(zipped(files))


@pytest.mark.parametrize("content", [{}, [], None, 5, {"a": {}}])
@pytest.mark.parametrize("write", [saved, older])
def test_a_file_with_nothing_in_it_says_what_would_be_opened(content, write):
    assert "no recurrent layer was found in it" in complaint(write(content))


def test_a_network_of_four_and_a_half_megabytes_is_opened():
    data = saved(layer(nn.LSTM, 300, 256, num_layers=2).state_dict())

    assert 4 * 2**20 < len(data) < LARGEST_FILE
    assert opened("model.pt", data).found[0].agrees
