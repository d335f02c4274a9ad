"""Stand-ins for the outside world: real servers on loopback and small classes, no mocks."""
