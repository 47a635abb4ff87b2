"""Calibration: a judge measured against people on the same items, before its scores may decide anything."""
