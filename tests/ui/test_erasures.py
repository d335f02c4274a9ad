"""Each listener's erasures are counted apart."""

from recsys.ui.erasures import Erasures


def test_an_erasure_is_counted_for_its_own_listener_alone():
    erasures = Erasures()
    erasures.add("ada")
    erasures.add("ada")

    assert (erasures.of("ada"), erasures.of("grace")) == (2, 0)
