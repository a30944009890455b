"""The arrays of an HDF5 file, read in memory by a process of their own."""

import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.networks.uploads.limits import MOST_ENTRIES, MOST_NUMBERS, RefusedError

READER = Path(__file__).with_name("apart.py")
LONGEST = 20.0  # seconds


@dataclass(frozen=True)
class Arrays:
    """The numbers of a file by their path in it, and what Keras notes beside them.

    `names` are those of layers; `groups` the paths of all groups, empty ones too. `orders` are the
    names that older versions list at a group, of its layers or of its arrays, in the model's order.
    `config` is the model's description where they kept it in the same file, and `version` that of
    the Keras that wrote it; empty where the file does not say.
    """

    tensors: dict[str, Tensor]
    names: dict[str, str]
    config: str
    groups: tuple[str, ...]
    orders: dict[str, list[str]]
    version: str


def arrays(data: bytes) -> Arrays:
    """Every array of floats in an HDF5 file. Raises `RefusedError` for what cannot be read.

    A damaged file can bring the library down, and then only the process that reads it.
    """
    damaged = RefusedError("it is damaged or cut short; save and upload it again")
    # -P: modules beside the reader have the names of libraries
    command = [sys.executable, "-P", str(READER), str(MOST_ENTRIES), str(MOST_NUMBERS)]
    unplugged = {**os.environ, "HDF5_PLUGIN_PRELOAD": "::"}  # no code from plug-ins
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, env=unplugged, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise damaged from None
    if done.returncode:
        if b"No module named" in done.stderr:
            raise RefusedError("reading it needs the package h5py; install requirements.txt")
        raise damaged
    line, _, content = done.stdout.partition(b"\n")
    header = json.loads(line)
    if "refused" in header:
        raise RefusedError(header["refused"])
    tensors, start = {}, 0
    for path, kind, shape in header["arrays"]:
        values = np.frombuffer(content, kind, math.prod(shape), start).reshape(shape)
        start += values.nbytes
        precision = np.float64 if values.itemsize == 8 else np.float32
        tensors[path] = torch.from_numpy(values.astype(precision))
    return Arrays(
        tensors,
        names=header["names"],
        config=header["config"],
        groups=tuple(header["groups"]),
        orders=header["orders"],
        version=header["version"],
    )
