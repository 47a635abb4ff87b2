"""Every error that windlass raises on purpose, by who must act.

    WindlassError
    ├── InputError            the caller sent something that cannot be right          422
    │   ├── TooLarge          … more than the limit                                   413
    │   └── UnsupportedMedia  … in a content type or encoding that is not read here   415
    ├── Unauthenticated       the caller did not say who they are                     401
    ├── Denied                the caller may not do this                              403
    ├── NotFound              the thing named does not exist                          404
    ├── Conflict              somebody else was first                                 409
    ├── Unavailable           try again later: starting, or an engine is away         503
    │   └── Overloaded        … more is sent than is taken in                         503
    ├── ProviderError         a model provider failed                                 502
    └── ConfigurationError    whoever runs windlass must change something             500

A message is one sentence that says what was wrong, where, and what to do; it never holds a secret.
"""


class WindlassError(Exception):
    """Base of all errors raised on purpose."""

    status = 500
    """The HTTP status with which the server answers."""
    title = "Internal error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InputError(WindlassError, ValueError):
    """What the caller sent cannot be right, whoever sends it and whenever."""

    status = 422
    title = "Invalid input"


class TooLarge(InputError):
    """The input is over a limit."""

    status = 413
    title = "Too large"


class UnsupportedMedia(InputError):
    """The input is in a content type or encoding that is not read here."""

    status = 415
    title = "Unsupported media type"


class Unauthenticated(WindlassError):
    """No key, or one that is unknown, expired or revoked."""

    status = 401
    title = "Not signed in"


class Denied(WindlassError):
    """The principal's role does not allow the action."""

    status = 403
    title = "Not allowed"


class NotFound(WindlassError, LookupError):
    """The thing named does not exist in this project."""

    status = 404
    title = "Not found"


class Conflict(WindlassError):
    """The thing changed since the caller looked; nothing was written."""

    status = 409
    title = "Conflict"


class Unavailable(WindlassError):
    """Cannot be done now; the same call may succeed later."""

    status = 503
    title = "Unavailable"

    def __init__(self, message: str, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Overloaded(Unavailable):
    """More is sent than can be taken in now."""


class ProviderError(WindlassError):
    """A model provider refused or failed."""

    status = 502
    title = "Model provider failed"
    retryable = True
    """Whether the same request may succeed when it is made again."""


class ConfigurationError(WindlassError):
    """Whoever runs windlass must change a setting, a file or the machine."""

    status = 500
    title = "Configuration error"
