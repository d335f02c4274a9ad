"""Sign-in: who is here, how they got in, and the tokens they gave us."""
