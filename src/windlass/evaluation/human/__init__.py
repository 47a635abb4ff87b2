"""What people say of outputs that a judge judged, and what that makes of the judge's numbers."""
