"""The fault matrix: everything that can go wrong at Spotify, with the file and with the process, in every stage."""
