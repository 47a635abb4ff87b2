"""All settings of a server, in one object: defaults < windlass.toml < WINDLASS_* variables < the command line."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from windlass.errors import ConfigurationError

Mode = Literal["server", "dev", "demo"]
EvaluatorCode = Literal["sandbox", "limits", "off"]

DEFAULT_PORT = 4800


class Settings(BaseSettings):
    """What a server needs to know to start. Read once, passed down, never changed.

    Each field is set by ``WINDLASS_<NAME>`` or by its name in ``windlass.toml`` of the working folder.
    """

    model_config = SettingsConfigDict(
        env_prefix="WINDLASS_", toml_file="windlass.toml", extra="forbid", frozen=True, env_ignore_empty=True
    )

    data: Path = Path(".windlass")
    """The data folder: everything that the embedded engines keep, and the key that signs the audit chain."""
    host: str = "127.0.0.1"
    """The address to listen on. Beyond loopback an API key is always required."""
    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535)
    """The port to listen on; 0 takes a free one."""
    otlp_grpc_port: int = Field(default=4317, ge=-1, le=65535)
    """The port for OTLP over gRPC, beside the main one; 0 takes a free one, -1 leaves it out. If something else
    listens there, windlass starts without it and says so in its log."""
    otlp_http_port: int = Field(default=4318, ge=-1, le=65535)
    """The port for OTLP over HTTP, which the main one takes too; 0, -1 and a taken one mean the same as there."""
    mode: Mode = "server"
    """`server` asks everybody for a key; `dev` and `demo` let loopback callers in as the local admin."""
    database_url: str = ""
    """Records: empty for SQLite in the data folder, or `postgresql://user:password@host/database`, in UTF8."""
    warehouse_url: str = ""
    """Spans and scores: empty for chDB in the data folder, or `clickhouse://user:password@host:8123/database`."""
    blobs_url: str = ""
    """Datasets and index files: empty for a folder in the data folder, or `s3://bucket/prefix`, `gs://`, `az://`."""
    jobs_url: str = ""
    """Durable background work: empty for SQLite in the data folder, or `postgresql://…`."""
    max_body_mb: int = Field(default=64, ge=1)
    """The largest request body, in MiB, compressed or inflated; a larger one is answered 413."""
    ingest_queue_mb: int = Field(default=64, ge=1)
    """Spans waiting in memory to be written to disk, in MiB; beyond it ingest answers 503 with Retry-After."""
    max_batch_items: int = Field(default=50_000, ge=1)
    """The most spans, log records or data points of an OTLP request; those after them are rejected and counted."""
    max_attributes: int = Field(default=4096, ge=1)
    """The most attributes of a span, a log record or a data point; one with more is rejected and counted."""
    max_attribute_kb: int = Field(default=8192, ge=1)
    """The largest value of an attribute, in KiB; what has a larger one is rejected and counted."""
    max_attribute_depth: int = Field(default=20, ge=1, le=30)
    """How deep lists and maps may nest in an attribute's value; what has deeper ones is rejected and counted."""
    run_concurrency: int = Field(default=8, ge=1, le=1000)
    """Samples of a run that are in flight at once, unless the run says otherwise."""
    worker_lease_s: float = Field(default=15.0, ge=1)
    """How long a `windlass worker` may give no sign of life, in seconds, before others take over what it had."""
    request_timeout_s: float = Field(default=120.0, gt=0)
    """How long a model provider may take for one answer, in seconds."""
    model_cache_mb: int = Field(default=256, ge=1)
    """Answers of models that a project keeps for runs with `--cache`, in MiB; the oldest go first."""
    model_cache_days: int = Field(default=30, ge=1)
    """How many days such an answer is kept."""
    evaluator_code: EvaluatorCode = "sandbox"
    """Evaluators with code of their own: `sandbox` runs them where they can be shut in to do nothing but compute,
    and refuses them elsewhere; `limits` runs them elsewhere too, with limits alone; `off` runs none."""
    evaluator_time_s: float = Field(default=10.0, gt=0)
    """How long such an evaluator may take for one sample, in seconds."""
    evaluator_memory_mb: int = Field(default=512, ge=64)
    """The memory that its process may take, in MiB."""
    retention_interval_s: float = Field(default=3600.0, ge=1)
    """How often what projects no longer keep is cleared, in seconds."""
    sql_timeout_s: float = Field(default=30.0, gt=0)
    """How long one statement of read-only SQL may run, in seconds."""
    sql_memory_mb: int = Field(default=1024, ge=16)
    """The memory that one statement of read-only SQL may take, in MiB."""
    sql_max_rows: int = Field(default=10_000, ge=1)
    """The rows of an answer of read-only SQL; a longer one is cut, and as a file refused."""
    sql_max_read_rows: int = Field(default=100_000_000, ge=1)
    """The rows that one statement of read-only SQL may read."""
    target_urls: str = ""
    """Agents and tools that this server may call, with blanks between: `https://agents.example.com/shop` allows
    what begins so, `https://agents.example.com/shop#SHOP_KEY` also sends it that environment variable's value.
    Empty allows none."""
    signing_key_file: str = ""
    """The private key that signs verdicts: a file with an Ed25519 key in PEM. Empty for one that is made at first
    use, in the data folder."""
    model_base_url: str = ""
    """An OpenAI-compatible endpoint (Ollama, vLLM) for the provider `openai`; empty for OpenAI itself."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def records_url(self) -> str:
        return self.database_url or _sqlite_url(self.data / "records.sqlite")

    @property
    def spans_url(self) -> str:
        return self.warehouse_url or f"chdb://{self.data.absolute() / 'warehouse'}"

    @property
    def files_url(self) -> str:
        return self.blobs_url or (self.data.absolute() / "blobs").as_uri()

    @property
    def work_url(self) -> str:
        return self.jobs_url or _sqlite_url(self.data / "jobs.sqlite")


def _sqlite_url(file: Path) -> str:
    # A folder's name may hold what means something in a URL: %, ?, #.
    return f"sqlite:///{quote(str(file.absolute()))}"


def load_settings(**overrides: object) -> Settings:
    """Read the settings; overrides that are None do not count.

    Raises ConfigurationError naming the setting that is wrong.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by Pydantic, which names the field
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"The setting {name!r} (WINDLASS_{name.upper()}, or windlass.toml) is wrong: {first['msg']}."
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"windlass.toml cannot be read: {error}.") from error
