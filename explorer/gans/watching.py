"""What can be asked of a game without disturbing it.

Letters: P members of a population (a game alone has no such axis), R points of the caller, D
coordinates of a point, Z of the noise, C classes, L hidden layers of the judge.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from explorer.gans.conditional import with_labels
from explorer.gans.given import given_points
from explorer.gans.networks import Network, Trace
from explorer.gans.noise import NOISES
from explorer.gans.objectives import OBJECTIVES, Objective
from explorer.gans.pairs import optimal_pairs
from explorer.gans.penalty import interpolates, penalty_of_norms
from explorer.gans.players import Generator, Judge
from explorer.gans.settings import GameSettings

STREAMS = ("generator", "judge", "data", "noise", "mixing", "evaluation")


def stream(seed: int, name: str) -> torch.Generator:
    """A generator of its own for each use of a seed, so that no use shifts another."""
    words = np.random.SeedSequence((seed, STREAMS.index(name))).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0]))


@dataclass(frozen=True, eq=False)
class Losses:
    """What the last step was worth, in the objective's own units; NaN before the first step.

    The judge's numbers belong to its last update of the step, measured before that update.
    """

    gap: Float[Tensor, "*P"]
    """E[judge(real)] − E[judge(generated)], without any penalty"""

    slope: Float[Tensor, "*P"]
    """E‖∇judge‖ where the judge pays for it; NaN in a game without penalty"""

    penalty: Float[Tensor, "*P"]
    """λ E[(‖∇judge‖ − 1)²], its one-sided form, or γ/2 E‖∇judge‖² at the real points and, where it
    is paid there too, at the generated ones; zero in a game without"""

    judge: Float[Tensor, "*P"]
    """what the judge minimises, the penalty included"""

    generator: Float[Tensor, "*P"]
    """what the generator minimises"""


class Watched:
    """Two players that answer questions; no answer draws from the streams of the training.

    In a conditional game every question takes the labels of its rows, 0 to C − 1.
    """

    settings: GameSettings
    objective: Objective
    seeds: tuple[int, ...]
    _generator: Generator
    _judge: Judge

    @property
    def networks(self) -> dict[str, Network]:
        """Both networks as they play, by the name of their player.

        With spectral normalisation the judge's matrices are the normalised ones.
        """
        return {"generator": self._generator.network, "judge": self._judge.network}

    @property
    def learned(self) -> dict[str, Network]:
        """Both networks as the optimizers move them; `networks` unless spectrally normalised."""
        return {"generator": self._generator.network, "judge": self._judge.learned}

    @property
    def given(self) -> Float[Tensor, "N D"] | None:
        """The points that a generator returns which stands still; None where it learns."""
        return self._generator.given

    def evaluation_noise(self, count: int) -> Float[Tensor, "R Z"]:
        """Noise to look at the generator with: the same at every call and in every objective."""
        rng = stream(self.seeds[0], "evaluation")
        noise = torch.empty(count, self.settings.noise_dim, dtype=self._judge.mixing.dtype)
        return NOISES[self.settings.noise].draw_(noise, rng)

    @torch.no_grad()
    def generate(
        self, noise: Float[Tensor, "*Q R Z"], labels: Int64[Tensor, "*L R"] | None = None
    ) -> Float[Tensor, "*P R D"]:
        """Points made from this noise, which members of a population may share.

        A generator with batch normalisation uses its running averages here, and not the statistics
        of these points: the point made from a noise does not depend on its neighbours.
        """
        if self._generator.given is not None:
            return given_points(self._generator.given, self._for_all(noise), self.settings.noise)
        rows = with_labels(noise, labels, self.settings.classes)
        return self._generator.network(self._for_all(rows))

    @torch.no_grad()
    def judge(
        self, points: Float[Tensor, "*Q R D"], labels: Int64[Tensor, "*L R"] | None = None
    ) -> Float[Tensor, "*P R"]:
        """The judge's number at these points: a logit, a score or a critic's value."""
        rows = with_labels(points, labels, self.settings.classes)
        return self._judge.network(self._for_all(rows)).squeeze(-1)

    @torch.no_grad()
    def generator_pull(
        self,
        noise: Float[Tensor, "*Q R Z"],
        labels: Int64[Tensor, "*L R"] | None = None,
        objective: str | None = None,
        beside: Float[Tensor, "*P R"] | None = None,
    ) -> Float[Tensor, "*P R D"]:
        """Where each point of `generate` is drawn: −R dL_G/dx, the pull on that point's own term.

        The true magnitude of this game's own generator loss, not divided by the number of points
        and not the gradient of a sigmoid. Another ``objective`` asks the same frozen judge what
        its L_G would be worth here. A relativistic one is told in ``beside`` what the judge says
        of as many real points, the k-th of them beside the k-th generated one. ValueError where it
        is not told.
        """
        wanted = self.objective if objective is None else OBJECTIVES[objective]
        if wanted.relativistic and beside is None:
            raise ValueError(
                f"the pull of {wanted.name!r} needs the answers at real points as well"
            )
        rows = with_labels(self.generate(noise, labels), labels, self.settings.classes)
        trace = Trace(self._judge.network, noise.shape[-2])
        outputs = trace.forward(rows).squeeze(-1)
        real = torch.full_like(outputs, torch.nan) if beside is None else beside
        _, slopes = wanted.generator_slopes(real, outputs)
        trace.pulls[-1].squeeze(-1).copy_(slopes)
        return self._on_coordinates(trace).neg_()

    @torch.no_grad()
    def slopes(
        self, points: Float[Tensor, "*Q R D"], labels: Int64[Tensor, "*L R"] | None = None
    ) -> Float[Tensor, "*P R"]:
        """‖∇judge‖ at these points: of the logit or the critic's value, before any sigmoid."""
        trace = Trace(self._judge.network, points.shape[-2])
        trace.forward(self._for_all(with_labels(points, labels, self.settings.classes)))
        trace.pulls[-1].fill_(1)
        return torch.linalg.vector_norm(self._on_coordinates(trace), dim=-1)

    def _on_coordinates(self, trace: Trace) -> Tensor:
        """The gradient by the points, without that by their labels."""
        trace.backward()
        gradient = trace.pull_on_points()
        return gradient.narrow(-1, 0, gradient.shape[-1] - self.settings.classes)

    def slopes_between(
        self,
        real: Float[Tensor, "R D"],
        noise: Float[Tensor, "R Z"],
        labels: Int64[Tensor, " R"] | None = None,
        pairs: str = "random",
    ) -> Float[Tensor, "*P R"]:
        """‖∇judge‖ at interpolates of these real points and generated ones, mixed alike each time.

        Any game can be asked, whether or not it pays for them. ``pairs`` "optimal" puts each
        real point against the one that exact transport gives it, within its class.
        """
        rng = stream(self.seeds[0], "evaluation")
        mixing = torch.rand(len(real), 1, generator=rng, dtype=real.dtype)
        fake = self.generate(noise, labels)
        if pairs == "optimal":
            clouds = fake.view(-1, *fake.shape[-2:])
            matched = [cloud[optimal_pairs(real, cloud, labels)] for cloud in clouds]
            fake = torch.stack(matched).view(fake.shape)
        lead = fake.shape[:-2]
        shared = (real.expand(*lead, *real.shape), fake, mixing.expand(*lead, *mixing.shape))
        return self.slopes(interpolates(*shared), labels)

    @torch.no_grad()
    def layer_gradients(
        self,
        real: Float[Tensor, "R D"],
        noise: Float[Tensor, "R Z"],
        labels: Int64[Tensor, " R"] | None = None,
    ) -> Float[Tensor, "*P L"]:
        """Mean ‖dL_D/da_l‖ by what each hidden layer l of the judge puts out, first layer first.

        Of each point's own term of L_D, real and generated, not divided by their number, as in
        Gulrajani et al. 2017, fig. 1b. A penalty's part is left out: for a piecewise linear judge
        it is zero almost everywhere, for its slope does not change with a_l.
        """
        fake = self.generate(noise, labels)
        points = torch.cat([real.expand(*fake.shape[:-2], *real.shape), fake], dim=-2)
        twice = None if labels is None else labels.repeat(2)
        network, trace = self._judge.network, Trace(self._judge.network, points.shape[-2])
        outputs = trace.forward(with_labels(points, twice, self.settings.classes))
        on_real, on_fake = outputs.squeeze(-1).split([len(real), fake.shape[-2]], dim=-1)
        slopes = self.objective.judge_slopes(on_real, on_fake)
        trace.pulls[-1].squeeze(-1).copy_(torch.cat(slopes, dim=-1))
        trace.backward()
        above = zip(trace.pulls[1:], network.weights[1:], strict=True)
        norms = [network.matmul(pull, weight).norm(dim=-1).mean(-1) for pull, weight in above]
        return torch.stack(norms, dim=-1)

    def _for_all(self, rows: Tensor) -> Tensor:
        lead = self._judge.network.lead
        return rows.expand(*lead, *rows.shape) if rows.dim() == 2 and lead else rows

    @torch.no_grad()
    def losses(self) -> Losses:
        """What the last step was worth."""
        objective, settings = self.objective, self.settings
        last = {name: outputs.squeeze(-1) for name, outputs in self._last().items()}
        real, fake = last["real"], last["fake"]
        gap = real.mean(-1) - fake.mean(-1)
        slope, penalty = torch.full_like(gap, torch.nan), torch.zeros_like(gap)
        if objective.pays:
            slope = last["norms"].mean(-1)
            weight = getattr(settings, objective.weighed_by)
            paid = penalty_of_norms(objective.penalty, last["norms"], settings.one_sided)
            penalty = weight * paid
        return Losses(
            gap=gap,
            slope=slope,
            penalty=penalty,
            judge=objective.judge_loss(real, fake) + penalty,
            generator=objective.generator_loss(last.get("beside", real), last["generated"]),
        )

    def _last(self) -> dict[str, Tensor]:
        judge = self._judge
        last = {"real": judge.on_real, "fake": judge.on_fake, "generated": judge.on_generated}
        if judge.on_beside is not None:
            last["beside"] = judge.on_beside
        return last if judge.norms is None else {**last, "norms": judge.norms}
