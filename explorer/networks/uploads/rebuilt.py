"""Weights that PyTorch keeps in another form, rebuilt as the layer computes with them.

Weight drop, weight norm and spectral norm (in both spellings), pruning and orthogonal
parametrisation. Every weight is rebuilt twice: by the formula, and by torch's own code, which the
proof computes with.

`*shape` is that of the weight, a matrix or a bias.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from explorer.networks.uploads.limits import RefusedError

Forms = Mapping[str, Tensor]
"""What is kept of one weight: how its name goes on, "" for the plain name, and the tensor."""
SAME = 1e-9  # σ two ways, relative
UNNAMED = (
    "call torch.nn.utils.parametrize.remove_parametrizations on it and save model.state_dict() "
    "again"
)


@dataclass(frozen=True)
class Rebuilt:
    """One weight as the layer computes with it when it is not trained.

    `theirs` is the same from torch's own code; `told` says what it was rebuilt from, empty for one
    that is kept plainly; `assumed` what the file does not say.
    """

    weight: Float[Tensor, "*shape"]
    theirs: Float[Tensor, "*shape"]
    told: str = ""
    assumed: str = ""


def rebuilt(name: str, forms: Forms) -> Rebuilt:
    """A weight out of what the file keeps of it. Raises `RefusedError` naming what is missing."""
    if forms.keys() == {""}:
        return Rebuilt(forms[""], forms[""])
    precise = {form: tensor.to(torch.float64) for form, tensor in forms.items()}
    for needed, build in BUILDERS:
        if needed == precise.keys() - {""}:  # a plain copy beside is made from the others
            return build(name, precise)
    kept = ", ".join(form.lstrip("_") for form in sorted(forms) if form)
    raise RefusedError(
        f"its {name} is kept as {kept[:100]}, a parametrisation that is not read here; {UNNAMED}"
    )


def _dropped(name: str, forms: Forms) -> Rebuilt:
    raw = forms["_raw"]
    beside = " (the copy beside it is masked, and left aside)" if "" in forms else ""
    return Rebuilt(raw, raw, f"Weight drop: the raw matrix that was learned is read{beside}")


def _normed(g: Tensor, v: Tensor, name: str) -> Rebuilt:
    """g · v / ‖v‖ (Salimans and Kingma 2016, eq. 2), with as many norms as there are numbers g."""
    kept = next((d for d in range(v.dim()) if g.shape == _except(v, d)), None)
    if kept is None and g.numel() != 1:
        raise RefusedError(
            f"its {name} is kept as two tensors that are no weight norm's, of "
            f"{_shape(g)} and {_shape(v)}; {UNNAMED}"
        )
    axes = [d for d in range(v.dim()) if d != kept]
    norm = v.square().sum(axes, keepdim=True).sqrt() if axes else v.abs()
    by = {0: "of its row", 1: "of its column", None: "of the whole"}[kept]
    theirs = WeightNorm("w", -1 if kept is None else kept).compute_weight(
        SimpleNamespace(w_g=g, w_v=v)  # type: ignore[arg-type]
    )
    return Rebuilt(g * v / norm, theirs, f"Weight norm: rebuilt as g · v / ‖v‖, the norm {by}")


def _spectral(weight: Tensor, u: Tensor, v: Tensor, name: str) -> Rebuilt:
    """W / σ with σ = uᵀ W v (Miyato et al. 2018, eq. 9); no step of the power iteration."""
    if weight.dim() != 2 or u.dim() != 1 or v.dim() != 1:
        raise RefusedError(f"its {name} and the vectors of its spectral norm do not fit; {UNNAMED}")
    sides = (len(u), len(v))
    fits = [d for d in (0, 1) if sides == tuple(weight.transpose(0, d).shape)]
    if not fits:
        raise RefusedError(f"its {name} and the vectors of its spectral norm do not fit; {UNNAMED}")
    sigmas = [u @ (weight if d == 0 else weight.T) @ v for d in fits]
    apart = any(abs(sigma - sigmas[0]) > SAME * abs(sigmas[0]) for sigma in sigmas)
    theirs = SpectralNorm("w", dim=fits[0]).compute_weight(
        SimpleNamespace(w_orig=weight, w_u=u, w_v=v),  # type: ignore[arg-type]
        do_power_iteration=False,
    )
    return Rebuilt(
        weight / sigmas[0],
        theirs,
        "Spectral norm: rebuilt as W / σ, with σ = uᵀWv as it was kept",
        "That its spectral norm is of dim 0, PyTorch's default, is assumed" if apart else "",
    )


def _pruned(name: str, forms: Forms) -> Rebuilt:
    weight, mask = forms["_orig"], forms["_mask"]
    if weight.shape != mask.shape:
        raise RefusedError(f"its {name} and the mask of its pruning do not fit")
    kept = torch.where(mask == 1, weight, mask * weight)
    return Rebuilt(kept, mask * weight, "Pruning: rebuilt as the weight times its mask")


def _orthogonal(name: str, forms: Forms) -> Rebuilt:
    """The base alone, where nothing was learned since: there all three maps of torch are one."""
    original, base = forms["original"], forms["0.base"]
    if original.dim() != 2 or base.shape != (max(original.shape), max(original.shape)):
        raise RefusedError(f"its {name} and the base of its parametrisation do not fit; {UNNAMED}")
    turned = original.shape[0] < original.shape[1]
    tall = original.T if turned else original
    if tall.tril(-1).any() or (tall.diagonal() != -1).any():
        raise RefusedError(
            f"its {name} is kept by an orthogonal parametrisation, and the file does not say by "
            f"which of torch's three maps (householder, matrix_exp, cayley); {UNNAMED}"
        )
    lower = torch.nn.functional.pad(tall.tril(), (0, len(tall) - tall.shape[1]))
    weight = base[:, : tall.shape[1]]
    theirs = (base @ torch.matrix_exp(lower - lower.T))[:, : tall.shape[1]]
    told = "Orthogonal parametrisation: rebuilt as its base, from which it never moved"
    return Rebuilt(weight.T, theirs.T, told) if turned else Rebuilt(weight, theirs, told)


def _except(v: Tensor, dim: int) -> torch.Size:
    """The shape of what has one number for each place along an axis."""
    return torch.Size(size if d == dim else 1 for d, size in enumerate(v.shape))


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "one number"


BUILDERS: tuple[tuple[set[str], Callable[[str, Forms], Rebuilt]], ...] = (
    ({"_raw"}, _dropped),
    ({"_g", "_v"}, lambda name, forms: _normed(forms["_g"], forms["_v"], name)),
    (
        {"original0", "original1"},
        lambda name, forms: _normed(forms["original0"], forms["original1"], name),
    ),
    (
        {"_orig", "_u", "_v"},
        lambda name, forms: _spectral(forms["_orig"], forms["_u"], forms["_v"], name),
    ),
    (
        {"original", "0._u", "0._v"},
        lambda name, forms: _spectral(forms["original"], forms["0._u"], forms["0._v"], name),
    ),
    ({"_orig", "_mask"}, _pruned),
    ({"original", "0.base"}, _orthogonal),
)
"""Which forms make which parametrisation, and what rebuilds the weight."""
