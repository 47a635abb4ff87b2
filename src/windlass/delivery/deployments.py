"""What runs where, asked before a change, so that the change is a compare-and-swap."""

from windlass.client import Client


def running_digest(client: Client, environment: str, release: str) -> str | None:
    """Return the digest of the release that runs in an environment now, None when none does."""
    for each in client.get("/environments")["items"]:
        for deployment in each["deployments"]:
            if each["name"] == environment and deployment["release"] == release:
                return str(deployment["digest"])
    return None
