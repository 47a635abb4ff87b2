"""Every versioned thing: artifacts, versions, labels, lineage; prompts, releases and environments."""
