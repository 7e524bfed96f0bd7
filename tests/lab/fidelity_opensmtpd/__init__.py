"""Holds what the program says about random configurations of OpenSMTPD against the real one."""
