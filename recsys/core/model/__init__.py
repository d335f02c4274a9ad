"""What a track is, in numbers: the feature table, the track table, identity, scaling."""
