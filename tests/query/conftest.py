"""The tiny graph and the sample digests, ready to be asked."""

import shutil

import pytest

from kg.query.base import Query
from kg.query.embedded import Embedded


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A folder that keeps the store of the tiny graph, which takes a second to make."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def engine(tiny_folder, made):
    """The tiny graph; its store is made once for all tests."""
    for store in made.iterdir():
        shutil.copy(store, tiny_folder)
    found = Embedded(tiny_folder)
    found.run(Query("RETURN 1", {}))
    if not any(made.iterdir()):
        for store in tiny_folder.glob("query-*.lbug"):
            shutil.copy(store, made)
    yield found
    found.close()


@pytest.fixture(scope="session")
def sample_engine(sample_folder):
    found = Embedded(sample_folder)
    yield found
    found.close()
