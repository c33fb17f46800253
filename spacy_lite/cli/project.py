"""`project`: workflows of commands and data, done by the package weasel where it is installed."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from ._messages import msg
from ._util import COMMAND, SETTINGS, Arg, Opt, app, command, parse_config_overrides

__all__ = [
    "project_assets",
    "project_clone",
    "project_cli",
    "project_document",
    "project_pull",
    "project_push",
    "project_run",
    "project_update_dvc",
]

PROJECTS = "https://github.com/explosion/projects"
BRANCH = "v3"
FOLDER = "Folder with the project.yml"
PARENT = f"{COMMAND} project"

project_cli = typer.Typer(
    name="project",
    help="Get and run workflows of a project.yml. Needs the package weasel.",
    no_args_is_help=True,
    context_settings=SETTINGS,
)
app.add_typer(project_cli)


def _weasel(name: str, module: str = "weasel.cli") -> Any:
    """A function of weasel. Raises ImportError with what to do where it is not installed."""
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "weasel":
            raise
        raise ImportError("Projects are run by the package weasel, which is not installed: pip install weasel") from None


@command(project_cli, "assets", overrides=True)
def project_assets_cli(
    ctx: typer.Context,
    project_dir: Path = Arg(Path("."), help=FOLDER),
    sparse_checkout: bool = Opt(False, "--sparse", "-S", help="Get only the folders that are needed of a repository"),
    extra: bool = Opt(False, "--extra", "-e", help="Get the assets marked as extra, too"),
) -> None:
    """Get the data a project needs, and check it."""
    folder, overrides = _folder_and_overrides(project_dir, ctx.args)
    project_assets(folder, overrides=overrides, sparse_checkout=sparse_checkout, extra=extra)


def _folder_and_overrides(project_dir: Path, rest: list[str]) -> tuple[Path, dict[str, Any]]:
    """The folder and the values of variables (`--vars.name value`), which may stand in the folder's place on the line.

    Raises FileNotFoundError where there is no such folder.
    """
    if str(project_dir).startswith("--"):
        project_dir, rest = Path("."), [str(project_dir), *rest]
    if not project_dir.is_dir():
        raise FileNotFoundError(f"{project_dir}: no such folder of a project")
    return project_dir, parse_config_overrides(rest)


def project_assets(
    project_dir: Path, *, overrides: dict[str, Any] | None = None, sparse_checkout: bool = False, extra: bool = False
) -> None:
    """Get the data a project needs. overrides: values of its variables. The rest as of the command."""
    _weasel("project_assets")(project_dir, overrides=overrides or {}, sparse_checkout=sparse_checkout, extra=extra)


@command(project_cli, "clone")
def project_clone_cli(
    name: str = Arg(..., help="Name of the project, a folder of the repository"),
    dest: Path | None = Arg(None, help="Folder to put it in; without it, one of the project's name", exists=False),
    repo: str = Opt(PROJECTS, "--repo", "-r", help="Repository of projects"),
    branch: str | None = Opt(None, "--branch", "-b", help=f"Branch of the repository; {BRANCH} of the default one, else main"),
    sparse_checkout: bool = Opt(False, "--sparse", "-S", help="Get only the folder that is needed of the repository"),
) -> None:
    """Copy a project out of a repository."""
    target = dest if dest is not None else Path.cwd() / Path(name).parts[-1]
    project_clone(name, target, repo=repo, branch=branch or _branch(repo), sparse_checkout=sparse_checkout)


def _branch(repo: str) -> str:
    return BRANCH if repo == PROJECTS else "main"


def project_clone(name: str, dest: Path, *, repo: str = PROJECTS, branch: str = BRANCH, sparse_checkout: bool = False) -> None:
    """Copy the project `name` of a repository into the folder `dest`. The rest as of the command."""
    _weasel("project_clone")(name, dest, repo=repo, branch=branch, sparse_checkout=sparse_checkout, parent_command=PARENT)


@command(project_cli, "document")
def project_document_cli(
    project_dir: Path = Arg(Path("."), help=FOLDER, exists=True, file_okay=False),
    output_file: Path = Opt(Path("-"), "--output", "-o", help="Markdown file to write to, or - for standard output"),
    no_emoji: bool = Opt(False, "--no-emoji", "-NE", help="Write no emoji"),
) -> None:
    """Describe a project in Markdown."""
    project_document(project_dir, output_file, no_emoji=no_emoji)


def project_document(project_dir: Path, output_file: Path, *, no_emoji: bool = False) -> None:
    """Describe a project in Markdown. The arguments are those of the command."""
    _weasel("project_document")(project_dir, output_file, no_emoji=no_emoji)


@command(project_cli, "dvc")
def project_update_dvc_cli(
    project_dir: Path = Arg(Path("."), help=FOLDER, exists=True, file_okay=False),
    workflow: str | None = Arg(None, help="Name of the workflow; without it, the first"),
    verbose: bool = Opt(False, "--verbose", "-V", help="Tell more"),
    quiet: bool = Opt(False, "--quiet", "-q", help="Tell nothing"),
    force: bool = Opt(False, "--force", "-F", help="Write the file even if nothing changed"),
) -> None:
    """Write a file of a workflow for Data Version Control (DVC)."""
    project_update_dvc(project_dir, workflow, verbose=verbose, quiet=quiet, force=force)


def project_update_dvc(
    project_dir: Path, workflow: str | None = None, *, verbose: bool = False, quiet: bool = False, force: bool = False
) -> None:
    """Write a file of a workflow for DVC. The arguments are those of the command."""
    _weasel("project_update_dvc")(project_dir, workflow, verbose=verbose, quiet=quiet, force=force)


@command(project_cli, "pull")
def project_pull_cli(
    remote: str = Arg("default", help="Name of the remote storage, as in project.yml"),
    project_dir: Path = Arg(Path("."), help=FOLDER, exists=True, file_okay=False),
) -> None:
    """Get outputs of the project's commands from a remote storage."""
    for url, path in project_pull(project_dir, remote):
        msg.good(f"Got {path} from {url}")


def project_pull(project_dir: Path, remote: str, *, verbose: bool = False) -> Iterator[tuple[str, Path]]:
    """Get outputs from a remote storage, one by one: (URL, path) of what was got. The arguments are those of the command."""
    yield from _weasel("project_pull")(project_dir, remote, verbose=verbose)


@command(project_cli, "push")
def project_push_cli(
    remote: str = Arg("default", help="Name of the remote storage, as in project.yml"),
    project_dir: Path = Arg(Path("."), help=FOLDER, exists=True, file_okay=False),
) -> None:
    """Save outputs of the project's commands to a remote storage."""
    for path, url in project_push(project_dir, remote):
        msg.good(f"Saved {path} to {url}")


def project_push(project_dir: Path, remote: str) -> Iterator[tuple[Path, str]]:
    """Save outputs to a remote storage, one by one: (path, URL) of what was saved. The arguments are those of the command."""
    yield from _weasel("project_push")(project_dir, remote)


@command(project_cli, "run", overrides=True, own_help=True)
def project_run_cli(
    ctx: typer.Context,
    subcommand: str | None = Arg(None, help="Name of a command or workflow of the project.yml"),
    project_dir: Path = Arg(Path("."), help=FOLDER),
    force: bool = Opt(False, "--force", "-F", help="Run commands whose inputs did not change, too"),
    dry: bool = Opt(False, "--dry", "-D", help="Show the commands and run none"),
    show_help: bool = Opt(False, "--help", "-h", help="Show this, and what the project can run"),
) -> None:
    """Run a command or a workflow of a project."""
    if show_help or not subcommand:
        _show_run_help(ctx, project_dir, subcommand)
        return
    folder, overrides = _folder_and_overrides(project_dir, ctx.args)
    project_run(folder, subcommand, overrides=overrides, force=force, dry=dry)


def _show_run_help(ctx: typer.Context, project_dir: Path, subcommand: str | None) -> None:
    print(ctx.get_help())
    if (project_dir / "project.yml").is_file():
        sys.stdout.flush()
        _weasel("print_run_help", "weasel.cli.run")(project_dir, subcommand, PARENT)


def project_run(
    project_dir: Path,
    subcommand: str,
    *,
    overrides: dict[str, Any] | None = None,
    force: bool = False,
    dry: bool = False,
    capture: bool = False,
    skip_requirements_check: bool = False,
) -> None:
    """Run a command or a workflow of a project.

    overrides: values of its variables. capture: keep what the commands print out of the console. skip_requirements_check: do
    not look whether what the project requires is installed. The rest as of the command.
    """
    _weasel("project_run")(
        project_dir,
        subcommand,
        overrides=overrides or {},
        force=force,
        dry=dry,
        capture=capture,
        skip_requirements_check=skip_requirements_check,
        parent_command=PARENT,
    )
