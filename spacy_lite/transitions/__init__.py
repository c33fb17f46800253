"""Transition systems: states, moves, oracles, greedy and beam search. C++ inside, one binding, no Python object in a loop."""
