"""What a worker holds between two chunks."""

from dataclasses import replace

from recsys.batch.mapped_catalogue import save_shards
from recsys.batch.ranking import listeners_of
from recsys.core.engine.catalogue import Catalogue
from recsys.core.engine.recipe import Recipe
from recsys.demo.catalogue import demo_catalogue


def test_a_worker_with_several_shards_opens_each_once_for_a_recipe(tmp_path):
    shards = save_shards(Catalogue.from_tracks(demo_catalogue().head(300)), 3, tmp_path / "songs")
    recipe = Recipe(length=5)

    first = [listeners_of(path, recipe) for path in shards]
    again = [listeners_of(path, recipe) for path in shards]

    assert [one is other for one, other in zip(first, again, strict=True)] == [True] * 3
    assert listeners_of(shards[0], replace(recipe, length=6)) is not first[0]
    assert listeners_of(shards[1], recipe) is not first[1], "another recipe has given back what the first one took"
