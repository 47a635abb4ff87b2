"""A target whose pictures and clips are kept as files: what judges, pages and traces then name is the file."""

from dataclasses import replace

from windlass.evaluation.media.files import Media
from windlass.evaluation.media.resources import Resources
from windlass.evaluation.samples import Item, Prediction, Target


class KeepingTarget:
    """Asks another target, and keeps the bytes that its predictions bring."""

    def __init__(self, target: Target, resources: Resources) -> None:
        self._target = target
        self._resources = resources

    async def __call__(self, item: Item) -> Prediction:
        prediction = await self._target(item)
        if not prediction.media:
            return prediction
        return replace(prediction, media=tuple([await keep(each, self._resources) for each in prediction.media]))


async def keep(media: Media, resources: Resources) -> Media:
    """Return what names a file from now on; one that is no data URL is named already."""
    data = media.data
    return media if data is None else Media(await resources.keep(data, media.type), media.type)
