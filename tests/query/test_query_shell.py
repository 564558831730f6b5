"""The shell: what lines mean, and a terminal that is a pipe."""

import io
import threading
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from kg.errors import InputError, KgError
from kg.query import repl
from kg.query.embedded import Embedded
from kg.query.named import load_all
from kg.query.shell import COMMANDS, Shell, entries, is_whole


class Talk:
    """A shell with what it printed."""

    def __init__(self, engine):
        self.notes, self.printed = [], []
        self.shell = Shell(engine, load_all(), lambda where: Embedded(Path(where)), self.notes.append)

    def show(self, part):
        console = Console(width=200, color_system=None, file=io.StringIO())
        console.print(part)
        self.printed.append(console.file.getvalue())

    def say(self, entry):
        self.printed.clear()
        for part in self.shell.answer(entry):
            self.show(part)
        return "".join(self.printed)


@pytest.fixture
def talk(engine):
    return Talk(engine)


def test_cypher_is_answered_with_a_table(talk):
    said = talk.say("MATCH (m:Model) RETURN m.name AS name ORDER BY name;")
    assert said.split("\n")[0].strip() == "name"
    assert "Stable Diffusion XL" in said


def test_a_query_goes_by_its_name(talk):
    assert "Adding Conditional Control" in talk.say('@papers-using "stable diffusion"')
    assert "Adding Conditional Control" in talk.say("@papers-using what='stable diffusion' limit=1;")
    talk.say(":param what=SDXL")
    assert "Adding" not in talk.say("@papers-using")
    with pytest.raises(InputError, match="quote that is not closed"):
        talk.say("@papers-using 'a")


def test_parameters_stay(talk):
    talk.say(":param name=Stable Diffusion")
    assert "model:stablediffusion" in talk.say("MATCH (m {name: $name}) RETURN m.id")
    assert "$name" in talk.say(":param")


def test_formats_and_limits(talk):
    talk.say(":format json")
    assert '"n": 4' in talk.say("MATCH (p:Paper) RETURN count(*) AS n")
    talk.say(":format csv")
    assert talk.say("MATCH (p:Paper) RETURN count(*) AS n").split() == ["n", "4"]
    talk.say(":limit 1")
    talk.say("MATCH (p:Paper) RETURN p.id")
    assert "only the first 1 rows" in talk.notes[-1]
    talk.say(":timeout 0.2")
    with pytest.raises(KgError, match=r"longer than 0\.2 s"):
        talk.say("UNWIND range(1, 200000) AS a UNWIND range(1, 200000) AS b RETURN count(*), max(a * b)")
    talk.say("MATCH (p:Paper {id: 'none'}) RETURN p.id")
    assert talk.notes[-1] == "no rows"


def test_commands_that_tell(talk):
    assert all(command in talk.say(":help") for command in COMMANDS)
    assert "@papers-using" in talk.say(":list")
    assert "@papers-using" not in talk.say(":list metric")
    assert "MATCH (p:Paper)" in talk.say(":text @papers-using")
    assert "[:VERSION_OF]" in talk.say(":schema")
    assert not talk.shell.done
    talk.say(":quit")
    assert talk.shell.done


@pytest.mark.parametrize("entry", [":limit many", ":format xml", ":nonsense", ":use", ":text @nothing", ":timeout -1"])
def test_commands_that_are_wrong_say_so(talk, entry):
    with pytest.raises(InputError):
        talk.say(entry)


def test_another_graph_can_be_asked(talk, sample_folder):
    talk.say(f":use {sample_folder}")
    assert str(sample_folder) in talk.notes[-1]
    assert "CLIP" in talk.say("MATCH (m {name: 'CLIP'}) RETURN m.name")
    assert "CLIP" in list(talk.shell.vocabulary.names.beginning("clip"))
    talk.shell.engine.close()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["RETURN 1;\n"], ["RETURN 1"]),
        (["RETURN\n", " 1; RETURN 2;\n", ":help\n"], ["RETURN\n 1", "RETURN 2", ":help"]),
        ([":limit 5\n", "@paths a b\n", "RETURN ';\n", "';\n"], [":limit 5", "@paths a b", "RETURN ';\n'"]),
        (["RETURN 1"], ["RETURN 1"]),
        (["\n", "// ;\n"], []),
        (["MATCH (n)\n", "@not a name\n"], ["MATCH (n)\n@not a name"]),
    ],
)
def test_entries_of_lines(lines, found):
    assert list(entries(iter(lines))) == found


@pytest.mark.parametrize(
    ("entry", "whole"),
    [("", True), (":help", True), ("@paths", True), ("RETURN 1", False), ("RETURN 1;", True), ("RETURN ';", False)],
)
def test_enter_sends_what_is_whole(entry, whole):
    assert is_whole(entry) is whole


def test_lines_from_a_pipe_end_at_quit_and_at_the_first_error(talk):
    repl.from_lines(talk.shell, ["RETURN 1 AS one;\n", ":quit\n", "RETURN 2 AS two;\n"], talk.show)
    assert "one" in "".join(talk.printed)
    assert "two" not in "".join(talk.printed)
    talk.shell.done = False
    with pytest.raises(KgError):
        repl.from_lines(talk.shell, ["RETRN;\n", "RETURN 3 AS three;\n"], talk.show)
    assert "three" not in "".join(talk.printed)


@pytest.fixture
def typed(talk):
    """A function that types keys at the shell and returns what it printed."""

    def run(keys, history=None, later=""):
        with create_pipe_input() as keyboard, create_app_session(keyboard, DummyOutput()):
            keyboard.send_text(keys)
            # Completions come from a thread, and typing on means that they are not wanted.
            if later:
                threading.Timer(1, keyboard.send_text, [later]).start()
            repl.at_terminal(talk.shell, talk.show, history or InMemoryHistory(), input=keyboard, output=DummyOutput())
        return "".join(talk.printed)

    return run


CTRL_C, CTRL_D, TAB = "\x03", "\x04", "\t"


def test_several_lines_make_one_query(typed):
    assert "4" in typed(f"MATCH (p:Paper)\rRETURN count(*) AS n;\r{CTRL_D}")


def test_ctrl_c_leaves_the_line_and_ctrl_d_the_shell(typed, talk):
    said = typed(f"MATCH (p:Pa{CTRL_C}RETURN 7 AS seven;\r{CTRL_D}RETURN 8 AS eight;\r")
    assert "seven" in said
    assert "eight" not in said


def test_an_error_is_told_and_the_shell_goes_on(typed, talk):
    said = typed("RETRN 1;\rRETURN 7 AS seven;\r:quit\r")
    assert "seven" in said
    assert any(note.startswith("Error: ") for note in talk.notes)


def test_tab_completes(typed):
    assert "Stable Diffusion XL" in typed(f"MATCH (m:Mode{TAB}", later=f") RETURN m.name AS name;\r{CTRL_D}")


def test_what_was_typed_comes_back(typed):
    history = InMemoryHistory()
    typed(f"RETURN 7 AS seven;\r{CTRL_D}", history)
    assert list(history.load_history_strings()) == ["RETURN 7 AS seven;"]


def test_the_history_is_the_users_own_file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    found = repl.history()
    found.store_string("RETURN 1;")
    path = tmp_path / "kg" / "shell_history"
    assert "RETURN 1;" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("XDG_STATE_HOME", str(path))
    assert isinstance(repl.history(), InMemoryHistory)
