"""How agents behave: the graph of their steps with its intervals, two releases compared, and what is allowed."""
