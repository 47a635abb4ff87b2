"""What runs now, held against what was measured before it was released."""
