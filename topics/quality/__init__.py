"""How good topics are, and how two sets of topics agree."""
