"""The language that a caller reads: of verdicts and reports, whose words are made here."""

from typing import Annotated

from fastapi import Depends, Header, Query, Response

from windlass.evaluation.wording.language import Language, preferred

Asked = Annotated[
    Language | None,
    Query(alias="lang", description="The language of its words; left out: what Accept-Language likes best."),
]
Liked = Annotated[str | None, Header(alias="accept-language", include_in_schema=False)]


async def language_of(response: Response, asked: Asked = None, liked: Liked = None) -> Language:
    """Return the language that is asked for, else the one that the caller's reader likes best, else English."""
    response.headers["vary"] = "accept-language"
    return asked or preferred(liked)


LanguageOf = Annotated[Language, Depends(language_of)]
