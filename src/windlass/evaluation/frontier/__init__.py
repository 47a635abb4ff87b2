"""Many runs by quality and cost: which dominates which, and the cheapest that is good enough."""
