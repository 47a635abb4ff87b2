"""Arenas: answers of several runs to the same items, compared two at a time without saying whose they are."""
