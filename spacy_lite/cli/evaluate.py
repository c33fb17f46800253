"""`evaluate` and `benchmark accuracy`: score a pipeline on annotated data."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._messages import Messages
from ._util import Arg, Opt, app, benchmark_cli, command, import_code, setup_gpu

if TYPE_CHECKING:
    from ..tokens import Doc

__all__ = ["evaluate", "evaluate_cli"]

# Column of the table -> name of the score.
METRICS = {
    "TOK": "token_acc",
    "TAG": "tag_acc",
    "POS": "pos_acc",
    "MORPH": "morph_acc",
    "LEMMA": "lemma_acc",
    "UAS": "dep_uas",
    "LAS": "dep_las",
    "NER P": "ents_p",
    "NER R": "ents_r",
    "NER F": "ents_f",
    "TEXTCAT": "cats_score",
    "SENT P": "sents_p",
    "SENT R": "sents_r",
    "SENT F": "sents_f",
    "LINK F": "nel_micro_f",
    "SPEED": "speed",
}
PER_TYPE = {
    "morph_per_feat": "Features",
    "dep_las_per_type": "Relations",
    "ents_per_type": "Entities",
    "cats_f_per_type": "Categories",
    "cats_auc_per_type": "Categories, area under the curve",
}


@command(benchmark_cli, "accuracy")
@command(app, "evaluate")
def evaluate_cli(
    model: str = Arg(..., help="Name or path of the pipeline"),
    data_path: Path = Arg(..., help="Annotated data, a .spacy file or a folder of them"),
    output: Path | None = Opt(None, "--output", "-o", help="JSON file for the scores"),
    code_path: Path | None = Opt(None, "--code", "-c", help="Python file with functions the pipeline needs"),
    use_gpu: int = Opt(-1, "--gpu-id", "-g", help="Number of the GPU, -1 for the CPU"),
    gold_preproc: bool = Opt(False, "--gold-preproc", "-G", help="Use the sentences and tokens of the data"),
    displacy_path: Path | None = Opt(None, "--displacy-path", "-dp", help="Folder for drawings of the annotations"),
    displacy_limit: int = Opt(25, "--displacy-limit", "-dl", help="Number of texts to draw"),
    per_component: bool = Opt(False, "--per-component", "-P", help="Name each score after its component"),
    spans_key: str = Opt("sc", "--spans-key", "-sk", help="Key of the span groups to score"),
) -> None:
    """Score a pipeline on annotated data."""
    import_code(code_path)
    evaluate(
        model,
        data_path,
        output=output,
        use_gpu=use_gpu,
        gold_preproc=gold_preproc,
        displacy_path=displacy_path,
        displacy_limit=displacy_limit,
        per_component=per_component,
        silent=False,
        spans_key=spans_key,
    )


def evaluate(
    model: str,
    data_path: Path,
    output: Path | None = None,
    use_gpu: int = -1,
    gold_preproc: bool = False,
    displacy_path: Path | None = None,
    displacy_limit: int = 25,
    silent: bool = True,
    spans_key: str = "sc",
    per_component: bool = False,
) -> dict[str, Any]:
    """Score a pipeline on a corpus and return the scores.

    model: name or path of the pipeline. data_path: .spacy file or folder. output: JSON file for the scores. use_gpu: number of
    the GPU. gold_preproc: use the corpus's sentences and tokens. displacy_path: folder for drawings. displacy_limit: how many
    texts to draw. silent: print nothing. spans_key: which span groups to score. per_component: scores by component.
    """
    import srsly

    from ..language.loading import load_model
    from ..serialize import atomic_file
    from ..training.corpus import Corpus

    show = Messages(silent)
    setup_gpu(use_gpu, silent=silent)
    if displacy_path is not None and not Path(displacy_path).is_dir():
        raise FileNotFoundError(f"{displacy_path}: the folder for drawings does not exist (--displacy-path)")
    with show.loading("Loading the pipeline"):
        nlp = load_model(model)
    with show.loading("Evaluating"):
        examples = list(Corpus(data_path, gold_preproc=gold_preproc)(nlp))
        if not examples:
            raise ValueError(f"{data_path} holds no documents: there is nothing to evaluate on")
        scores = nlp.evaluate(examples, per_component=per_component)
    if per_component:
        data: dict[str, Any] = scores
        _show_per_component(scores, show)
    else:
        data = _show_scores(scores, show, spans_key)
    if displacy_path is not None:
        drawn = _draw(nlp, examples[:displacy_limit], Path(displacy_path), spans_key)
        if drawn:
            show.good(f"Drew {min(displacy_limit, len(examples))} texts in {displacy_path}: {', '.join(drawn)}")
        else:
            show.warn("There is nothing to draw: the pipeline found no entities, spans or dependencies in these texts")
    if output is not None:
        with atomic_file(Path(output)) as fresh:
            srsly.write_json(fresh, _plain(data))
        show.good(f"Saved the scores to {output}")
    return data


def _show_scores(scores: dict[str, Any], show: Messages, spans_key: str) -> dict[str, Any]:
    metrics = {**METRICS, **{f"SPAN {k.upper()}": f"spans_{spans_key}_{k}" for k in "prf"}}
    data = {re.sub(r"[\s/]", "_", key.lower()): value for key, value in scores.items()}
    rows = [(name, _number(key, scores[key])) for name, key in metrics.items() if scores.get(key) is not None]
    show.divider("Results")
    show.table(rows, right=[1])
    for key, title in {**PER_TYPE, f"spans_{spans_key}_per_type": "Spans"}.items():
        table = scores.get(key)
        if table:
            _show_per_type(title, table, show)
    return data


def _show_per_type(title: str, table: dict[str, Any], show: Messages) -> None:
    show.divider(title)
    rows = []
    for label, values in sorted(table.items()):
        if isinstance(values, dict):
            rows.append((label, *(_percent(values[k]) for k in "prf")))
        else:
            rows.append((label, _percent(values)))
    header = ("", "P", "R", "F") if len(rows[0]) == 4 else ("", "AUC")
    show.table(rows, header=header, right=range(1, len(header)))


def _show_per_component(scores: dict[str, Any], show: Messages) -> None:
    for name, values in scores.items():
        if isinstance(values, dict) and values:
            show.divider(name)
            show.table(
                [(key, _number(key, v)) for key, v in values.items() if not isinstance(v, dict) and v is not None], right=[1]
            )


def _number(key: str, value: Any) -> str:
    return f"{value:,.0f}" if key == "speed" else _percent(value)


def _percent(value: Any) -> str:
    return f"{value * 100:.2f}" if isinstance(value, int | float) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def _draw(nlp: Any, examples: list[Any], folder: Path, spans_key: str) -> list[str]:
    """Draw what the pipeline finds in the texts, a page for each kind of annotation; the names of the pages."""
    from .. import displacy

    # Evaluation annotates copies: the documents of the examples are as they were.
    docs: list[Doc] = list(nlp.pipe(example.predicted.copy() for example in examples))
    has = {
        "entities.html": ("ent", any(doc.ents for doc in docs)),
        "parses.html": ("dep", any(doc.has_annotation("DEP") for doc in docs)),
        "spans.html": ("span", any(spans_key in doc.spans for doc in docs)),
    }
    drawn = [name for name, (_, present) in has.items() if present]
    for name in drawn:
        options = {"compact": True, "spans_key": spans_key}
        html = displacy.render(docs, style=has[name][0], page=True, jupyter=False, options=options)
        (folder / name).write_text(html, encoding="utf8")
    return drawn
