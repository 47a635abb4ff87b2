"""Write docs/reference/openapi.json: the API as the server describes it, from which the UI's client is made."""

import json
import tempfile
from pathlib import Path

from windlass.server.app import create_app
from windlass.server.services import Services
from windlass.settings import load_settings

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "openapi.json"


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        services = Services(load_settings(data=Path(data), mode="dev"))
        try:
            description = create_app(services).openapi()
        finally:
            services.close()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
