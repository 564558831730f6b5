"""What a wheel carries."""

import tomllib

from kg.resources import resource

ROOT = resource("data").parent


def test_the_wheel_has_all_data_but_the_annotations():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    data = {f"data/{path.name}" for path in (ROOT / "data").iterdir()} - {"data/gold"}
    assert carried == {"schemas": "kg/schemas", **{name: f"kg/{name}" for name in data}}
