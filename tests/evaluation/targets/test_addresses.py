import pytest

from windlass.errors import ConfigurationError, Denied
from windlass.evaluation.targets.addresses import Addresses
from windlass.evaluation.targets.spec import read_spec

ALLOWED = Addresses("https://agents.example.com/shop#SHOP_KEY+TENANT, http://127.0.0.1:9000")


@pytest.mark.parametrize(
    "url",
    [
        "https://agents.example.com/shop",
        "https://AGENTS.example.com:443/shop/v1?version=2",
        "https://agents.example.com./shop//v1",
        "http://127.0.0.1:9000/anything/at/all",
    ],
)
def test_what_begins_as_an_allowed_address_may_be_called(url: str) -> None:
    ALLOWED.admit(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://agents.example.com/shopping",
        "https://agents.example.com/",
        "http://agents.example.com/shop",
        "https://agents.example.com:8443/shop",
        "https://agents.example.com.evil.example/shop",
        "https://agents.example.com@evil.example/shop",
        "https://agents.example.com/shop/../admin",
        "https://agents.example.com/shop/%2e%2e/admin",
        "https://agents.example.com/shop/%252e%252e/admin",
        "https://agents.example.com/shop/..\\admin",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:9000/",
    ],
)
def test_everything_else_is_denied(url: str) -> None:
    with pytest.raises(Denied, match=r"This server may not call .* WINDLASS_TARGET_URLS"):
        ALLOWED.admit(url)


def test_a_key_goes_only_where_it_was_allowed_to_go() -> None:
    shop = {"protocol": "a2a", "url": "https://agents.example.com/shop", "headers": {"X-Tenant": "TENANT"}}
    ALLOWED.admit_endpoint(read_spec({**shop, "key_variable": "SHOP_KEY"}))
    with pytest.raises(Denied, match=r"no value of DATABASE_URL to agents.example.com"):
        ALLOWED.admit_endpoint(read_spec({**shop, "key_variable": "DATABASE_URL"}))
    with pytest.raises(Denied, match=r"no value of SHOP_KEY to 127.0.0.1:9000"):
        ALLOWED.admit_endpoint(
            read_spec({"protocol": "a2a", "url": "http://127.0.0.1:9000", "key_variable": "SHOP_KEY"})
        )


def test_nothing_is_allowed_by_default_and_a_wrong_setting_is_named() -> None:
    with pytest.raises(Denied):
        Addresses().admit("http://127.0.0.1:9000")
    with pytest.raises(
        ConfigurationError, match=r"'target_urls' \(WINDLASS_TARGET_URLS\) is wrong: 'agents' is no"
    ):
        Addresses("agents")
