"""The text of the script: plain PyTorch, in the order in which one reads it."""

HEAD = '''\
"""{title}.

Made by the laboratory; runs on its own: python {name}. Needs torch{needs}.
Writes a row of comma separated values for each of the first ten ticks and then for every tenth,
with the modes held and the exact distance in every 50th.
The numbers are those of the laboratory up to rounding, which a game amplifies in time: to five
digits or so at first, and alike in kind later on. A critic is known up to a constant, which
rounding alone moves: the loss of its generator agrees to two or three digits only.
{link}"""

from __future__ import annotations

import base64
import math
from types import SimpleNamespace

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot, relu

torch.set_num_threads(1)

# The code of the laboratory itself; its annotations tell shapes and are never evaluated.
'''

GAMES = '''

def layers(inputs, outputs, s, norm, rng):
    """A perceptron whose weights are drawn as torch.nn.Linear draws them, from one generator."""
    found = []
    normal = {"none": None, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}[norm]
    for size in [s.width] * s.depth:
        found += linear(inputs, size, normal is None, rng)
        found += [normal(size)] if normal else []
        found.append(Activation(s.activation))
        inputs = size
    return nn.Sequential(*found, *linear(inputs, outputs, True, rng))


def linear(inputs, outputs, biased, rng):
    made = nn.utils.skip_init(nn.Linear, inputs, outputs, bias=biased)
    bound = 1 / math.sqrt(inputs)
    nn.init.uniform_(made.weight, -bound, bound, generator=rng)
    drawn = torch.empty(outputs).uniform_(-bound, bound, generator=rng)
    if biased:
        with torch.no_grad():
            made.bias.copy_(drawn)
    return [made]


class Activation(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def forward(self, x):
        if self.name == "leaky_relu":
            return nn.functional.leaky_relu(x, 0.2)
        return {"relu": relu, "tanh": torch.tanh}[self.name](x)


def normalise_spectrally(judge, rng):
    """Divide every matrix by its largest singular value; the vectors come from one generator."""
    for layer in [each for each in judge if isinstance(each, nn.Linear)]:
        right = torch.empty(layer.in_features).normal_(generator=rng)
        for _ in range(15):
            left = nn.functional.normalize(layer.weight.detach() @ right, dim=0)
            right = nn.functional.normalize(layer.weight.detach().T @ left, dim=0)
        nn.utils.parametrizations.spectral_norm(layer)
        layer.parametrizations.weight[0]._u.copy_(left)
        layer.parametrizations.weight[0]._v.copy_(right)
    judge.eval()


def optimizer(name, module, rate, betas):
    parameters = list(module.parameters())
    if name == "adam":
        return torch.optim.Adam(parameters, lr=rate, betas=betas)
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=betas[1])
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=betas[0])
    raise ValueError(f"unknown optimizer {name}")


class Game:
    """One game. Each use of the seed has a generator of its own, equal in all games."""

    def __init__(self, settings):
        self.s = s = SimpleNamespace(**settings)
        self.rngs = {name: torch.Generator().manual_seed(seed) for name, seed in STREAMS.items()}
        self.credit = 0.0
        self.losses = (math.nan, math.nan)
        points = sample(1, torch.Generator())[0].shape[1]
        generator, judge = self.rngs["generator"], self.rngs["judge"]
        self.generator = layers(s.noise_dim + s.classes, points, s, s.normalisation, generator)
        self.judge = layers(points + s.classes, 1, s, "none", judge)
        if s.spectral:
            normalise_spectrally(self.judge, judge)
        self.optimizers()

    def optimizers(self):
        s = self.s
        betas, judges = (s.beta1, s.beta2), (s.critic_beta1, s.critic_beta2)
        judges = tuple(map(lambda own, other: other if own < 0 else own, judges, betas))
        self.moves = {
            s.optimizer + " of the generator": optimizer(
                s.optimizer, self.generator, s.generator_rate, betas
            ),
            s.critic_optimizer + " of the judge": optimizer(
                s.critic_optimizer, self.judge, s.critic_rate, judges
            ),
        }
        self.generator_moves, self.judge_moves = self.moves.values()

    def turn(self, settings):
        """Turn dials where the game stands; an optimizer of the same kind keeps its memory."""
        self.s = SimpleNamespace(**settings)
        for module in [*self.generator, *self.judge]:
            if isinstance(module, Activation):
                module.name = self.s.activation
        before = self.moves
        self.optimizers()
        for kind in self.moves.keys() & before.keys():
            memory = before[kind].state_dict()["state"]
            moves = self.moves[kind]
            moves.load_state_dict({**moves.state_dict(), "state": memory})

    def noise(self, count, name):
        made = torch.empty(count, self.s.noise_dim)
        if self.s.noise == "uniform":
            return made.uniform_(-1, 1, generator=self.rngs[name])
        return made.normal_(generator=self.rngs[name])

    def beside(self, rows, labels):
        if labels is None:
            return rows
        return torch.cat([rows, one_hot(labels, self.s.classes).to(rows.dtype)], dim=1)

    def step(self):
        s = self.s
        noise = self.noise((s.critic_steps + 1) * s.batch, "noise").split(s.batch)
        points, labels = sample(s.critic_steps * s.batch, self.rngs["data"])
        rules, mixing = OBJECTIVES[s.objective], [None] * s.critic_steps
        if rules.penalty == "between":
            mixing = torch.empty(s.critic_steps, s.batch, 1).uniform_(generator=self.rngs["mixing"])
        for k, real in enumerate(points.split(s.batch)):
            known = labels[k * s.batch :][: s.batch] if s.classes else None
            fake = self.generator(self.beside(noise[k], known)).detach()

            def judge(at):
                return self.judge(self.beside(at, known)).squeeze(1)

            loss = rules.judge_loss(judge(real), judge(fake))
            if rules.penalty != "none":
                other = fake
                if rules.penalty == "between" and s.pairs == "optimal":
                    other = fake[matched(real, fake, known)]
                paid = penalty(rules.penalty, judge, real, other, mixing[k], s.one_sided)
                loss = loss + getattr(s, rules.weighed_by) * paid
            self.judge_moves.zero_grad()
            loss.backward()
            self.judge_moves.step()
            with torch.no_grad():
                if rules.clips:
                    for parameter in self.judge.parameters():
                        parameter.clamp_(-s.clip, s.clip)
                if s.spectral:
                    self.judge.train()
                    for layer in self.judge:
                        _ = layer.weight if isinstance(layer, nn.Linear) else None
                    self.judge.eval()
        own = self.generator(self.beside(noise[-1], known))
        # the last real batch, asked anew: only a relativistic generator is compared with it
        on_real = judge(real) if rules.relativistic else None
        wanted = rules.generator_loss(on_real, judge(own))
        self.generator_moves.zero_grad()
        wanted.backward()
        self.generator_moves.step()
        self.losses = (float(loss.detach()), float(wanted.detach()))

    @torch.no_grad()
    def generate(self, count):
        """Points from noise that no step draws: the same at every call."""
        self.rngs["evaluation"].manual_seed(STREAMS["evaluation"])
        noise = self.noise(2_500, "evaluation")
        labels = asked_labels(2_500, SHARES) if self.s.classes else None
        self.generator.eval()
        points = self.generator(self.beside(noise, labels))
        self.generator.train()
        return points[:count]


def matched(real, fake, labels):
    """Which generated point stands against each real one: the cheapest assignment."""
    from scipy.optimize import linear_sum_assignment

    costs = torch.cdist(real.double(), fake.double())
    if labels is not None:
        costs = costs + 1e6 * (labels[:, None] != labels[None, :])
    return torch.from_numpy(linear_sum_assignment(costs.numpy())[1])


def modes_held(points):
    """How many modes get their share: at least HELD of a fair one, within REACH of the centre."""
    distance, mode = torch.cdist(points.double(), MODES.double()).min(dim=1)
    within = mode[distance <= REACH].bincount(minlength=len(MODES))
    return int((within * len(MODES) >= HELD * len(points)).sum())


def w1(points):
    """Exact W1 of 512 points to 512 points of the data; needs SciPy."""
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        return math.nan
    costs = torch.cdist(points.double(), reference().double()).numpy()
    return float(costs[linear_sum_assignment(costs)].mean())


def row(tick, games):
    found = [tick]
    for game in games.values():
        found += game.losses
        if tick % 50 == 0:
            found += [modes_held(game.generate(2_500)) if MODES is not None else math.nan]
            found += [w1(game.generate(512)) if PLANE else math.nan]
        else:
            found += ["", ""]
    return ",".join(f"{value:.9g}" if isinstance(value, float) else str(value) for value in found)


def main():
    games = {name: Game(settings) for name, settings in START.items()}
    columns = ("judge_loss", "generator_loss", "held", "w1")
    print(",".join(["step", *(f"{name}/{column}" for name in games for column in columns)]))
    print(row(0, games), flush=True)
    for tick in range(TICKS):
        for name, settings in TURNS.get(tick, {}).items():
            games[name].turn(settings)
        budget = max(game.s.cost for game in games.values())
        for game in games.values():
            game.credit += budget
            while game.credit >= game.s.cost * (1 - 1e-9):
                game.step()
                game.credit -= game.s.cost
        if tick < 10 or (tick + 1) % 10 == 0 or tick + 1 == TICKS:
            print(row(tick + 1, games), flush=True)


if __name__ == "__main__":
    main()
'''

STRATIFIED = '''

def reference():
    """512 points of the data, equally many of each mode."""
    rng, count = torch.Generator().manual_seed(0), len(MODES)
    even = torch.arange(count).repeat_interleave(512 // count)
    which = torch.cat([even, torch.randperm(count, generator=rng)[: 512 % count]])
    noise = torch.randn(512, MODES.shape[1], generator=rng)
    return MODES.index_select(0, which).add_(noise, alpha=SIGMA)
'''

PLAIN = '''

def reference():
    """512 points of the data."""
    return sample(512, torch.Generator().manual_seed(0))[0]
'''

DATA = '''

def unpacked(text, shape):
    """Numbers of 32 bits that were packed as text."""
    numbers = torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32)
    return numbers.view(shape)


GIVEN = {given}


def sample(n, rng):
    """Points of the {spoken} ({source}), and the label of each where they have labels."""
    drawn = {function}(n, rng, **GIVEN)
    return drawn if isinstance(drawn, tuple) else (drawn, None)


'''
