"""The proof that converted layers compute what the file's own arrays compute in its own order."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from explorer.networks.uploads.found import Claim, Contents, Found, Table
from explorer.networks.uploads.limits import MOST_NETWORKS, MOST_TABLES
from explorer.sequences.stack import Stack, read_stack

STEPS, BATCH, SEED = 8, 2, 0
ROUNDING = {torch.float32: 1e-6, torch.float64: 1e-12}
WRONG = 1e-3  # what rounding in float32 never reaches in so few steps


def proved(contents: Contents) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """What agrees with its own format on a random input, and sentences about what does not."""
    found, refused = [], list(contents.refused)
    claims = contents.claims[:MOST_NETWORKS]
    if more := len(contents.claims) - len(claims):
        refused.append(f"{more} more networks are in it; the first {MOST_NETWORKS} were opened")
    tables = fitting(contents, [claim.stack for claim in claims])
    for claim, (embedding, readout) in zip(claims, tables, strict=True):
        one = _found(claim, embedding, readout)
        if one is None:
            refused.append(
                f"{claim.name}: it computes something else here than with {claim.against}, so it "
                f"is not opened; its numbers may be far out of the usual range"
            )
            continue
        others = (_found(other, embedding, readout) for other in claim.instead)
        found.append(replace(one, instead=tuple(each for each in others if each is not None)))
    return tuple(found), tuple(refused)


def _found(claim: Claim, embedding: Table | None, readout: Table | None) -> Found | None:
    """A claim with its proof; None where it is wrong."""
    difference = distance(claim)
    if not difference < WRONG:
        return None
    precision = claim.stack.weights.weight_hh.dtype if claim.exact else torch.float32
    return Found(
        name=claim.name,
        stack=claim.stack,
        convention=claim.convention,
        difference=difference,
        tolerance=ROUNDING[precision],
        against=claim.against,
        embedding=embedding,
        readout=readout,
        assumed=claim.assumed,
    )


def distance(claim: Claim) -> float:
    """The largest distance between the stack and the oracle, relative where values exceed 1.

    Both read the same normal numbers; the stack computes in float64, from the file's numbers.
    """
    x = probe(claim.stack)
    backward = claim.convention.directions == "backward"
    with torch.no_grad(), np.errstate(all="ignore"):
        given = torch.from_numpy(x[::-1].copy() if backward else x)
        ours = read_stack(claim.stack.to(torch.float64), given).hidden.numpy()
        if backward:
            ours = ours[::-1]
        if claim.handed is not None:
            ours = ours @ claim.handed.double().numpy().T
        theirs = claim.oracle(x)
        largest = float(np.abs(ours - theirs).max() / max(1.0, np.abs(theirs).max()))
    return largest if np.isfinite(largest) else float("inf")


def probe(stack: Stack) -> np.ndarray:
    """The random input of every proof, (T, batch, I): numbers that float32 holds exactly."""
    x = np.random.default_rng(SEED).standard_normal((STEPS, BATCH, stack.inputs))
    return x.astype(np.float32).astype(np.float64)


def fitting(contents: Contents, stacks: Sequence[Stack]) -> list[tuple[Table | None, Table | None]]:
    """For each stack the embedding and the readout that belong to it beyond doubt.

    Beyond doubt are the only two that agree on V; else the only matrix of the right width, unless
    it could be the other one too or fits another stack as well.
    """
    found: list[tuple[Table | None, Table | None]] = []
    embeddings, readouts = contents.embeddings[:MOST_TABLES], contents.readouts[:MOST_TABLES]
    for stack in stacks:
        alone_in = sum(other.inputs == stack.inputs for other in stacks) == 1
        alone_out = sum(other.outputs == stack.outputs for other in stacks) == 1
        reading = [t for t in embeddings if alone_in and t.weight.shape[1] == stack.inputs]
        writing = [t for t in readouts if alone_out and t.weight.shape[1] == stack.outputs]
        pairs = [
            (e, r)
            for e in reading
            for r in writing
            if e.name != r.name and len(e.weight) == len(r.weight)
        ]
        if len(pairs) == 1:
            found.append(pairs[0])
        elif {t.name for t in reading} & {t.name for t in writing}:
            found.append((None, None))
        else:
            found.append((_only(reading), _only(writing)))
    return found


def _only(tables: Sequence[Table]) -> Table | None:
    return tables[0] if len(tables) == 1 else None
