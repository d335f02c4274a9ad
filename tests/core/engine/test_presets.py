"""The presets, and the weights that a search tries."""

from recsys.core.engine.presets import PRESETS, WEIGHTS_TRIED
from recsys.core.model.features import FEATURES


def test_every_default_and_every_preset_is_a_weight_that_a_search_tries():
    offered = [f.default_weight for f in FEATURES]
    offered += [weight for preset in PRESETS for weight in preset.all_weights().values()]

    assert set(offered) <= set(WEIGHTS_TRIED)


def test_the_weights_that_a_search_tries_begin_with_none_and_rise():
    assert WEIGHTS_TRIED[0] == 0
    assert list(WEIGHTS_TRIED) == sorted(WEIGHTS_TRIED)
