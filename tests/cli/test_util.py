"""Overrides of the config, lists, and errors at the edge of the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spacy_lite.cli._util import app, parse_config_overrides, string_to_list

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "args, expected",
    [
        (["--x.foo", "10"], {"x.foo": 10}),
        (["--x.foo=10"], {"x.foo": 10}),
        (["--x.foo", "bar"], {"x.foo": "bar"}),
        (["--x.foo=--bar"], {"x.foo": "--bar"}),
        (["--x.foo", "--x.bar", "baz"], {"x.foo": True, "x.bar": "baz"}),
        (["--x.foo", "--x.bar=baz"], {"x.foo": True, "x.bar": "baz"}),
        (["--x.foo", "10.1", "--x.bar", "--x.baz", "false"], {"x.foo": 10.1, "x.bar": True, "x.baz": False}),
        (["--x.foo", '["a", "b"]'], {"x.foo": ["a", "b"]}),
        (["--x.foo-bar=1"], {"x.foo_bar": 1}),
        (["--x.foo", "1e-3"], {"x.foo": 0.001}),
        (["--paths.train", "./a b.spacy"], {"paths.train": "./a b.spacy"}),
    ],
)
def test_overrides_are_read(args, expected):
    assert parse_config_overrides(args, env_var=None) == expected


@pytest.mark.parametrize("args", [["--foo"], ["x.foo", "bar"], ["--foo=1"], ["-x.foo", "10"]])
def test_what_is_no_override_is_refused(args):
    with pytest.raises(ValueError, match=r"--training|--section"):
        parse_config_overrides(args, env_var=None)


def test_the_environment_wins(monkeypatch):
    monkeypatch.setenv("SPACY_CONFIG_OVERRIDES", '--x.foo "a b" --x.baz=2')
    assert parse_config_overrides(["--x.foo", "1", "--x.bar", "3"]) == {"x.foo": "a b", "x.bar": 3, "x.baz": 2}


@pytest.mark.parametrize(
    "text, expected", [("a,b", ["a", "b"]), ("[a, \"b\", 'c']", ["a", "b", "c"]), ("", []), (" a ,", ["a"])]
)
def test_lists_are_read(text, expected):
    assert string_to_list(text) == expected


def test_an_error_is_one_message_and_exit_code_1():
    result = CliRunner().invoke(app, ["find-function", "spacy.MultiHashEmbd.v2", "-r", "architectures"])
    assert result.exit_code == 1
    assert "did you mean `spacy.MultiHashEmbed.v2`?" in result.stderr
    assert "Traceback" not in result.output


def test_the_traceback_is_shown_when_asked_for():
    words = [sys.executable, "-m", "spacy_lite", "find-function", "nothing.v1"]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, "SPACY_LITE_TRACEBACK": "1"}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("traceback", ["", "1"])
def test_a_warning_is_one_message_beside_the_output(tmp_path, traceback):
    lines = ["1-2\tdu\t_" + "\t_" * 7, *(f"{i}\t{word}\t{word}\tX\t_\t_\t0\troot\t_\t_" for i, word in ((1, "de"), (2, "le")))]
    (tmp_path / "a.conllu").write_text("\n".join(lines) + "\n\n", encoding="utf8")
    words = [sys.executable, "-m", "spacy_lite", "convert", str(tmp_path / "a.conllu"), str(tmp_path)]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "SPACY_LITE_TRACEBACK": traceback}, capture_output=True, text=True
    )
    assert "Merge them with --merge-subtokens" in done.stderr and "Merge them" not in done.stdout
    assert ("UserWarning" in done.stderr) == bool(traceback)


# What a command loads is what its help takes: half a second is for some three hundred modules, those of typer among them.
MOST_MODULES = 350


@pytest.mark.parametrize("verb", ["", "train", "init vectors", "debug data", "package"])
def test_help_loads_little_and_nothing_heavy(verb):
    code = (
        f"import sys; sys.argv = ['spacy_lite', *{verb.split()!r}, '--help']\n"
        "from spacy_lite.cli import setup_cli\n"
        "try:\n    setup_cli()\nexcept SystemExit:\n    pass\n"
        "heavy = ('numpy', 'thinc', 'torch', 'srsly', 'rich', 'confection')\n"
        "print(len(sys.modules), *[name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules, *heavy = done.stdout.splitlines()[-1].split()
    assert not heavy
    assert int(modules) < MOST_MODULES


def test_every_command_explains_itself():
    import typer.main

    def commands(group, words=()):
        for name, item in group.commands.items():
            if hasattr(item, "commands"):
                yield from commands(item, (*words, name))
            else:
                yield (*words, name), item

    for words, item in commands(typer.main.get_command(app)):
        assert item.help, words
        result = CliRunner().invoke(app, [*words, "--help"])
        assert result.exit_code == 0, words
