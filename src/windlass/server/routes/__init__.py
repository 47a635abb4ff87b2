"""A module per noun: parse, call one function of the noun's folder, answer."""
