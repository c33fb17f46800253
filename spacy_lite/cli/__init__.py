"""The command line: one module a command. Modules are light to import; what a command needs is imported when it runs."""

from ._messages import msg
from ._util import app, setup_cli
from .apply import apply
from .assemble import assemble_cli
from .benchmark_speed import benchmark_speed_cli
from .convert import convert
from .convert_pipeline import convert_pipeline
from .debug_config import debug_config, debug_diff
from .debug_data import debug_data
from .debug_model import debug_model
from .download import download
from .evaluate import evaluate
from .find_function import find_function
from .find_threshold import find_threshold
from .info import info
from .init_config import fill_config, init_config
from .init_pipeline import init_labels_cli, init_pipeline_cli
from .init_vectors import init_vectors_cli
from .link import link
from .package import package
from .pretrain import pretrain, pretrain_cli
from .profile import profile
from .project import (
    project_assets,
    project_clone,
    project_document,
    project_pull,
    project_push,
    project_run,
    project_update_dvc,
)
from .train import train_cli
from .validate import validate

__all__ = [
    "app",
    "apply",
    "assemble_cli",
    "benchmark_speed_cli",
    "convert",
    "convert_pipeline",
    "debug_config",
    "debug_data",
    "debug_diff",
    "debug_model",
    "download",
    "evaluate",
    "fill_config",
    "find_function",
    "find_threshold",
    "info",
    "init_config",
    "init_labels_cli",
    "init_pipeline_cli",
    "init_vectors_cli",
    "link",
    "msg",
    "package",
    "pretrain",
    "pretrain_cli",
    "profile",
    "project_assets",
    "project_clone",
    "project_document",
    "project_pull",
    "project_push",
    "project_run",
    "project_update_dvc",
    "setup_cli",
    "train_cli",
    "validate",
]
