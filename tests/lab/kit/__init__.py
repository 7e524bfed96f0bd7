"""The parts of the lab; `run` puts them together."""
