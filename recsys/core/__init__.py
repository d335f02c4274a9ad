"""The pure engine: numpy, pandas and scikit-learn only. No files, clock, network, randomness of its own, or screen.

`model` says what a track is in numbers, `engine` ranks, `evaluation` measures how well, `insights` describes a library.
They import each other in that direction only: model -> engine -> evaluation, insights.

How a list is made, in the order in which `engine.recommender.Recommender.recommend` reads:

1. **query**: `engine.query` turns the listener's library, or the seeds they chose, into vectors, and `engine.profile`
   into a centroid and the features that can be compared at all.
2. **retrieve**: `engine.retrieval` finds the 3,000 candidates closest to the centroid by weighted cosine
   (`engine.similarity`), exactly. `engine.running_sums` makes a moving slider cheap, `engine.pruning` skips blocks.
3. **score**: `engine.scoring` ranks those by a density ratio: the whole library against the catalogue's background.
4. **rerank**: `engine.selection` cuts the ranking to a list; `engine.reranking` limits artists and adds variety, and
   says what either costs.
5. **explain**: `engine.scoring` splits each score into contributions of features; `engine.explanation` says what else
   would have happened.

`engine.catalogue` holds the songs, laid out for this by `engine.layout`; `engine.recipe` holds what a listener can set.
"""
