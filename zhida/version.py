"""The version of the program; ``setup.cfg`` takes it from here."""

VERSION = "0.1.0"
