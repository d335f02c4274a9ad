"""How good a list is: baselines, hold-out tests, metrics, tuning."""
