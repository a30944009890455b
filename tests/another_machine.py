"""Another machine, played: every route to a number gets last bits of its own.

    python -m pytest -n 0 -p tests.another_machine tests/cells

An operation of torch that rounds more than once (a sigmoid, a sum, a matrix product) is followed by
a noise of one unit in the last place. The noise depends on nothing but the route: the operation,
the shapes, strides and alignment of its operands, and the place in the result. So the same route
twice has the same bits, as on every processor, and two routes differ more than on any. A test that
passes here compares bits only where they are promised, and leaves room for rounding elsewhere.

Numbers of few binary digits stay as they are: that 0.5 · 3 is 1.5, or a saturated gate 1, holds on
every machine.
"""

import functools
import zlib
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

ROUNDED_OFTEN = frozenset(
    (
        *("exp", "expm1", "log", "log1p", "pow", "sin", "cos", "erf", "erfinv", "tanh", "sigmoid"),
        *("softplus", "log_sigmoid_forward", "_softmax", "_log_softmax", "logsumexp", "lerp"),
        *("tanh_backward", "sigmoid_backward", "log_sigmoid_backward", "addcmul", "addcdiv"),
        *("_softmax_backward_data", "_log_softmax_backward_data", "mse_loss", "_fused_adam"),
        *("sum", "mean", "var", "std", "prod", "cumprod", "norm", "linalg_vector_norm"),
        *("dot", "mv", "addmv", "mm", "addmm", "bmm", "baddbmm", "addbmm", "linear"),
        *("_linear_pointwise", "mkldnn_rnn_layer", "native_batch_norm", "native_layer_norm"),
        *("_cdist_forward", "linalg_qr", "_linalg_svd", "_linalg_eigh", "linalg_eig"),
    )
)
FEW_DIGITS = 2.0**20  # a multiple of its inverse is left as it is


class AnotherMachine(TorchDispatchMode):
    """While it is entered, operations that round more than once have a noise of their route."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        name = func.overloadpacket.__name__.removesuffix("_")
        if name in ROUNDED_OFTEN:
            route = tuple(
                (tuple(each.shape), each.stride(), each.data_ptr() % 64)
                for each in tensors((args, *kwargs.values()))
            )
            for number, each in enumerate(tensors(result)):
                if each.is_floating_point() and each.numel():
                    factors = noise((name, number, route), tuple(each.shape), each.dtype)
                    whole = each * FEW_DIGITS
                    plain = whole == whole.round()  # infinities too; NaN stays NaN by any factor
                    each.mul_(torch.where(plain, 1, factors))
        return result


def tensors(found: object) -> Iterator[Tensor]:
    """All tensors in nested sequences."""
    if isinstance(found, Tensor):
        yield found
    elif isinstance(found, (tuple, list)):
        for each in found:
            yield from tensors(each)


@functools.lru_cache(maxsize=2048)
def noise(route: tuple, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Factors 1 − ε, 1 and 1 + ε, equally often, the same for the same route."""
    rng = torch.Generator().manual_seed(zlib.crc32(repr(route).encode()))
    return 1 + torch.finfo(dtype).eps * torch.randint(-1, 2, shape, generator=rng).to(dtype)


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup():
    with AnotherMachine():
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call():
    with AnotherMachine():
        yield
