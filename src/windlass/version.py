"""The version of this package, in one place without a look-up of the installed metadata."""

__version__ = "0.1.0"
