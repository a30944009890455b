"""The WGAN-GP loop as JAX wants it: one function, compiled, many steps in a scan."""

import os
from itertools import pairwise
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")  # one thread, as ours

import jax
import jax.numpy as jnp

from explorer.gans.distributions import Distribution
from explorer.gans.settings import GameSettings

EPSILON = 1e-8
Parameters = list[tuple[Any, Any]]


class JaxGame:
    """One game of one seed: the same networks, penalty and Adam, drawn by JAX's own generator.

    ``many_steps`` plays ``steps_at_once`` of them in one compiled call and waits for the result.
    """

    steps_at_once = 50

    def __init__(self, settings: GameSettings, data: Distribution) -> None:
        if settings.objective != "wasserstein_gp":
            raise ValueError(f"JAX plays WGAN-GP here, not {settings.objective!r}")
        if data.modes is None or data.sigma is None:
            raise ValueError(f"distribution {data.name!r} has no modes to draw from")
        self._settings = s = settings
        self._modes, self._sigma = jnp.asarray(data.modes.numpy()), data.sigma
        first, second, key = jax.random.split(jax.random.key(s.seed), 3)
        hidden = [s.width] * s.depth
        generator = _drawn(first, [s.noise_dim, *hidden, 2])
        critic = _drawn(second, [2, *hidden, 1])
        self._carry = (key, (generator, _fresh(generator)), (critic, _fresh(critic)))
        self._steps = jax.jit(self._scan)
        self.many_steps()  # compiles

    def many_steps(self) -> None:
        """Play on."""
        self._carry = jax.block_until_ready(self._steps(self._carry))

    def _scan(self, carry: Any) -> Any:
        return jax.lax.scan(lambda c, _: (self._step(c), None), carry, length=self.steps_at_once)[0]

    def _step(self, carry: Any) -> Any:
        s = self._settings
        key, (generator, generator_adam), critic_and_adam = carry
        key, *keys = jax.random.split(key, s.critic_steps + 2)

        def update(critic_and_adam: Any, key: Any) -> Any:
            critic, adam = critic_and_adam
            gradient = jax.grad(self._critic_loss)(critic, generator, key)
            return _adam(critic, gradient, adam, s.critic_rate, s.betas), None

        critic_and_adam, _ = jax.lax.scan(update, critic_and_adam, jnp.stack(keys[:-1]))
        critic = critic_and_adam[0]
        noise = jax.random.normal(keys[-1], (s.batch, s.noise_dim))
        gradient = jax.grad(lambda g: -_apply(critic, _apply(g, noise)).mean())(generator)
        updated = _adam(generator, gradient, generator_adam, s.generator_rate, s.betas)
        return key, updated, critic_and_adam

    def _critic_loss(self, critic: Parameters, generator: Parameters, key: Any) -> Any:
        s = self._settings
        which, around, noise, mixing = jax.random.split(key, 4)
        chosen = self._modes[jax.random.randint(which, (s.batch,), 0, len(self._modes))]
        real = chosen + self._sigma * jax.random.normal(around, (s.batch, 2))
        fake = _apply(generator, jax.random.normal(noise, (s.batch, s.noise_dim)))
        share = jax.random.uniform(mixing, (s.batch, 1))
        between = share * real + (1 - share) * fake
        slopes = jax.vmap(jax.grad(lambda x: _apply(critic, x)[0]))(between)
        penalty = jnp.square(jnp.linalg.norm(slopes, axis=-1) - 1).mean()
        gap = _apply(critic, real).mean() - _apply(critic, fake).mean()
        return s.penalty_weight * penalty - gap


def _drawn(key: Any, sizes: list[int]) -> Parameters:
    layers = []
    for below, above in pairwise(sizes):
        key, first, second = jax.random.split(key, 3)
        bound = below**-0.5
        weight = jax.random.uniform(first, (below, above), minval=-bound, maxval=bound)
        layers.append((weight, jax.random.uniform(second, (above,), minval=-bound, maxval=bound)))
    return layers


def _apply(parameters: Parameters, points: Any) -> Any:
    *hidden, (weight, bias) = parameters
    for each, shift in hidden:
        points = jax.nn.relu(points @ each + shift)
    return points @ weight + bias


def _fresh(parameters: Parameters) -> Any:
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    return zeros, zeros, jnp.zeros(())


def _adam(parameters: Any, gradient: Any, state: Any, rate: float, betas: Any) -> Any:
    mean, square, count = state
    first, second = betas
    count = count + 1
    mean = jax.tree.map(lambda m, g: first * m + (1 - first) * g, mean, gradient)
    square = jax.tree.map(lambda v, g: second * v + (1 - second) * g * g, square, gradient)

    def moved(p: Any, m: Any, v: Any) -> Any:
        unbiased = jnp.sqrt(v / (1 - second**count)) + EPSILON
        return p - rate * (m / (1 - first**count)) / unbiased

    return jax.tree.map(moved, parameters, mean, square), (mean, square, count)
