import importlib
import sys

import pytest

from kg import registry
from kg.errors import PluginError


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package on the path that brings a reader, a broken exporter and its own graphml exporter."""
    info = tmp_path / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[kg.readers]\nmine = mine_kg:reader\n[kg.exporters]\nbroken = mine_kg:nothing\ngraphml = mine_kg:reader\n"
    )
    (tmp_path / "mine_kg.py").write_text("reader = 'a reader'\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    registry._points.cache_clear()
    yield
    registry._points.cache_clear()
    sys.modules.pop("mine_kg", None)


def test_built_ins_are_registered_and_load():
    assert {"jsonl", "csv", "graphml", "html"} <= set(registry.names("exporters"))
    assert {"paperdaily", "huggingarxiv", "jsonl", "markdown"} <= set(registry.names("readers"))
    assert callable(registry.load("exporters", "graphml"))


def test_a_package_adds_its_own_and_may_replace_a_built_in(plugin):
    assert registry.load("readers", "mine") == "a reader"
    assert registry.load("exporters", "graphml") == "a reader"
    assert {(p.name, p.package) for p in registry.plugins()} >= {("mine", "mine 1.0"), ("graphml", "mine 1.0")}


def test_a_broken_plugin_costs_nothing_until_it_is_used(plugin):
    assert "broken" in registry.names("exporters")
    with pytest.raises(PluginError, match=r"'broken' .* does not load"):
        registry.load("exporters", "broken")


def test_an_unknown_name_lists_the_known():
    with pytest.raises(PluginError, match="'gephi' is none of the exporters: csv, graphml"):
        registry.check("exporters", "gephi")
