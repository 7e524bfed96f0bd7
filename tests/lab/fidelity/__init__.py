"""Holds the model of Postfix against the real Postfix, on configurations and attempts made at random."""
