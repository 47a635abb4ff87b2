"""Models of providers as a server reaches them."""

from dataclasses import dataclass

from windlass.models.completion import ChatModel
from windlass.models.providers import address_of, open_model


@dataclass(frozen=True)
class Models:
    """Opens models under a server's own settings: whoever names a model must not choose where its key is sent."""

    base_url: str = ""
    """Of OpenAI's wire format; empty for OpenAI's own."""
    timeout_s: float = 120.0

    def open(self, ref: str) -> "OpenedModel":
        """Open ``provider:name``. Raises InputError, and ConfigurationError for a model without a key."""
        provider, _, name = ref.partition(":")
        base_url = self.base_url if provider == "openai" else ""
        return OpenedModel(
            model=open_model(ref, base_url=base_url or None, timeout_s=self.timeout_s),
            # Spans say who answers: a server of one's own has not the prices of the one whose API it speaks.
            provider="openai_compatible" if base_url else provider,
            name=name,
            address=address_of(ref, base_url or None),
        )


@dataclass(frozen=True)
class OpenedModel:
    model: ChatModel
    provider: str
    name: str
    address: str
    """The URL that it is asked at; empty for a model of this process."""
