"""Pictures and clips that items and outputs name, and what judges of them work with."""
