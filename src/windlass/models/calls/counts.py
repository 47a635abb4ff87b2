"""What the calls of a run came to."""

from pydantic import BaseModel


class CallCounts(BaseModel):
    """The model calls of a run, its release's and its judges'."""

    answered: int = 0
    """Calls that a provider answered."""
    refused: int = 0
    """Times that a provider refused a call for now; those calls were made again, or given up."""
    cached: int = 0
    """Calls that a kept answer was given to instead: they cost nothing."""
    input_tokens: int = 0
    """Of the calls that were answered."""
    output_tokens: int = 0
    unpriced: int = 0
    """Calls that were answered and whose price is not known."""
    spent_tokens: int = 0
    """What counts against a ceiling: tokens of answered calls, and what was reserved for calls that broke off."""
    spent_usd: float = 0.0
    """The same in US dollars, of the calls whose price is known."""
    tools: int = 0
    """Tools of the release that were called, failed calls among them."""
    tools_refused: int = 0
    """Calls of tools that the release asked for and the run does not make."""
