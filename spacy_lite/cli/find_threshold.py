"""`find-threshold`: try out thresholds of a component and keep the one with the best score."""

from pathlib import Path
from typing import Any

from ._messages import Messages, progress
from ._util import Arg, Opt, app, command, import_code, setup_gpu, setup_logging

__all__ = ["find_threshold", "find_threshold_cli"]


@command(app, "find-threshold")
def find_threshold_cli(
    model: str = Arg(..., help="Name or path of the pipeline"),
    data_path: Path = Arg(..., help="Annotated data, a .spacy file or a folder of them"),
    pipe_name: str = Arg(..., help="Component with the threshold"),
    threshold_key: str = Arg(..., help="Setting that is the threshold, such as threshold"),
    scores_key: str = Arg(..., help="Score to make best, such as cats_macro_f"),
    n_trials: int = Opt(11, "--n_trials", "-n", help="Thresholds to try, from 0 to 1", min=2),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the pipeline needs"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
    gold_preproc: bool = Opt(False, "--gold-preproc", "-G", help="Use the sentences and tokens of the data"),
    verbose: bool = Opt(False, "--verbose", "--silent", "-V", "-VV", help="Tell more"),
) -> None:
    """Find the threshold with which a score is best."""
    setup_logging(verbose)
    import_code(code_path)
    find_threshold(
        model,
        data_path,
        pipe_name,
        threshold_key,
        scores_key,
        n_trials=n_trials,
        use_gpu=use_gpu,
        gold_preproc=gold_preproc,
        silent=False,
    )


def find_threshold(
    model: str,
    data_path: Path,
    pipe_name: str,
    threshold_key: str,
    scores_key: str,
    *,
    n_trials: int = 11,
    use_gpu: int = -1,
    gold_preproc: bool = False,
    silent: bool = True,
) -> tuple[float, float, dict[float, float]]:
    """Evaluate with `n_trials` thresholds from 0 to 1; returns the best threshold, its score, and all scores by threshold.

    model: name or path of the pipeline. pipe_name, threshold_key: component and setting. scores_key: the score to make best;
    `a.b` for a score inside a score. Raises ValueError for names that do not exist.
    """
    import numpy

    from ..errors import nearest
    from ..language.loading import load_model
    from ..training.corpus import Corpus

    show = Messages(silent)
    setup_gpu(use_gpu, silent=silent)
    nlp = load_model(model)
    if pipe_name not in nlp.component_names:
        raise ValueError(f"The pipeline has no component `{pipe_name}`{nearest(pipe_name, nlp.component_names)}")
    settings: Any = nlp.get_pipe_config(pipe_name)
    for part in threshold_key.split("."):
        if not isinstance(settings, dict) or part not in settings:
            known = list(settings) if isinstance(settings, dict) else []
            raise ValueError(
                f"`{pipe_name}` has no setting `{threshold_key}`{nearest(part, known)}; it has: {', '.join(known) or 'none'}"
            )
        settings = settings[part]
    scores: dict[float, float] = {}
    for threshold in progress(numpy.linspace(0, 1, n_trials), "Trying thresholds", total=n_trials, silent=silent):
        trial = load_model(model, config={f"components.{pipe_name}.{threshold_key}": float(threshold)})
        saved = getattr(trial.get_pipe(pipe_name), "cfg", None)
        if isinstance(saved, dict) and threshold_key in saved:
            saved[threshold_key] = float(threshold)  # what was saved with the weights goes before the config
        result = trial.evaluate(list(Corpus(data_path, gold_preproc=gold_preproc)(trial)))
        scores[float(threshold)] = _score(result, scores_key)
    best = max(scores, key=lambda threshold: scores[threshold])
    show.table([(f"{t:.3f}", f"{s:.4f}") for t, s in scores.items()], header=("threshold", scores_key), right=[0, 1])
    if len(set(scores.values())) == 1:
        show.warn(
            f"Every threshold gives the same {scores_key}: is `{threshold_key}` the right setting, and the score the right one?"
        )
    show.good(f"Best: {threshold_key} = {best:.3f} with {scores_key} = {scores[best]:.4f}")
    return best, scores[best], scores


def _score(scores: dict[str, Any], key: str) -> float:
    from ..errors import nearest

    value: Any = scores
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            raise ValueError(f"There is no score `{key}`{nearest(part, value if isinstance(value, dict) else [])}")
        value = value[part]
    if isinstance(value, dict):
        raise ValueError(f"`{key}` holds several scores: {', '.join(f'{key}.{name}' for name in list(value)[:5])}")
    return float(value or 0.0)
