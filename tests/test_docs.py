"""The README's commands run, and every command stands in it."""

import re
import shlex
import subprocess
import sys

import pytest

from kg.cli import main
from kg.resources import resource

ROOT = resource("data").parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for block in re.findall(r"```console\n(.*?)```", README, re.S) for line in block.splitlines()]
NOT_RUN = ("train", "eval", "shell", "serve")  # they want a gold file, a terminal, a browser
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the sample digests where the README's commands expect them."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "data").symlink_to(resource("data"), target_is_directory=True)
    return folder


def test_every_command_stands_in_the_readme():
    for name in main.commands:
        assert f"`kg {name}" in README, f"kg {name} is missing from the table of commands"
        assert any(command.startswith(f"kg {name}") for command in COMMANDS) or name in NOT_RUN


def test_every_option_value_of_export_is_a_target():
    from kg import registry

    targets = set(re.findall(r"kg export (\S+)", "\n".join(COMMANDS)))
    assert targets <= set(registry.names("exporters"))


# In the order of the README: the first command builds what the others ask.
@pytest.mark.parametrize("command", COMMANDS)
def test_the_readmes_commands_run(folder, command):
    words = shlex.split(command)
    assert words[0] == "kg"
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("code", PYTHON)
def test_the_readmes_python_runs(folder, code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_links_in_the_documents_lead_somewhere():
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name} links {target}"
