"""Settings are checked at the door, with one line that says what is wrong."""

import math
import re

import pytest

from explorer.gans.settings import GameSettings


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"objective": "vae"}, "unknown objective 'vae'; choose from 'minimax', 'non_saturating'"),
        ({"activation": "swish"}, "unknown activation 'swish'; choose from 'relu', 'leaky_relu'"),
        ({"width": 100_000}, "width must be between 4 and 512, not 100000"),
        ({"depth": 0}, "depth must be between 1 and 12, not 0"),
        ({"depth": True}, "depth must be a whole number, not True"),
        ({"noise_dim": 65}, "noise_dim must be between 1 and 64, not 65"),
        ({"batch": 1}, "batch must be between 2 and 4096, not 1"),
        ({"critic_steps": 0}, "critic_steps must be between 1 and 100, not 0"),
        ({"seed": -1}, "seed must be between 0 and 9007199254740991, not -1"),
        ({"generator_rate": -1e-3}, "generator_rate must be between 0 and 10, not -0.001"),
        ({"critic_rate": math.nan}, "critic_rate must be a number, not nan"),
        ({"penalty_weight": math.inf}, "penalty_weight must be a number, not inf"),
        ({"normalisation": "group"}, "unknown normalisation 'group'; choose from 'none', 'batch'"),
        ({"noise": "cauchy"}, "unknown noise 'cauchy'; choose from 'gaussian', 'uniform'"),
        ({"critic_optimizer": "lion"}, "unknown critic_optimizer 'lion'; choose from 'adam'"),
        ({"pairs": "best"}, "unknown pairs 'best'; choose from 'random', 'optimal'"),
        ({"classes": 1}, "classes must be 0 for none, or at least 2, not 1"),
        ({"clip": 0.0}, "clip must be between 1e-06 and 100, not 0"),
        ({"r1_weight": -1.0}, "r1_weight must be between 0 and 1000, not -1"),
        ({"critic_beta2": 1.0}, "critic_beta2 must be between -1 and 0.9999, not 1"),
        ({"beta2": 1.0}, "beta2 must be between 0 and 0.9999, not 1"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed_and_what_was_given(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        GameSettings(**wrong)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": 16.5}, "width must be a whole number, not 16.5"),
        ({"critic_rate": "1"}, "critic_rate must be a number, not '1'"),
        ({"spectral": 1}, "spectral must be true or false, not 1"),
        ({"beta1": None}, "beta1 must be a number, not None"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_where_nothing_executes_the_annotations(
    wrong, message
):
    settings = object.__new__(GameSettings)
    settings.__dict__.update(GameSettings().__dict__, **wrong)

    with pytest.raises(ValueError, match=re.escape(message)):
        settings.__post_init__()


@pytest.mark.parametrize(
    ("own", "played"),
    [
        ({}, (0.5, 0.99)),
        ({"critic_beta1": 0.0}, (0.0, 0.99)),
        ({"critic_beta2": 0.9}, (0.5, 0.9)),
        ({"critic_beta1": 0.9, "critic_beta2": 0.0}, (0.9, 0.0)),
    ],
)
def test_each_decay_of_the_judge_is_its_own_or_the_generators(own, played):
    settings = GameSettings(beta1=0.5, beta2=0.99, **own)

    assert settings.betas == (0.5, 0.99)
    assert settings.critic_betas == played


def test_equal_settings_are_one_key():
    assert len({GameSettings(), GameSettings(seed=0), GameSettings(seed=1)}) == 2
