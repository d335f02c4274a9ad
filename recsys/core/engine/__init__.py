"""Query, retrieve, score, rerank, explain: from a catalogue and a library to a list."""
