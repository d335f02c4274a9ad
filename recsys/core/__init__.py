"""The pure engine: numpy, pandas and scikit-learn only. No files, clock, network, randomness of its own, or screen."""
