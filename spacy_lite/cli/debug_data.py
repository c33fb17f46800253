"""`debug data`: look at a training and a development corpus before training on them."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ._debug_links import report_links
from ._messages import Messages, progress
from ._util import Arg, Opt, app, command, debug_cli, import_code, parse_config_overrides

if TYPE_CHECKING:
    from ..training.corpus_facts import CorpusFacts

__all__ = ["debug_data", "debug_data_cli"]

FEW_EXAMPLES = 50  # of a label: below this it is hard to learn
FEW_DOCS = 100
MANY_DOCS = 2000


@command(app, "debug-data", overrides=True, hidden=True)
@command(debug_cli, "data", overrides=True)
def debug_data_cli(
    ctx: typer.Context,
    config_path: Path = Arg(..., help="Config that names the corpora", allow_dash=True),
    code_path: Path | None = Opt(None, "--code-path", "--code", "-c", help="Python file with functions the config names"),
    ignore_warnings: bool = Opt(False, "--ignore-warnings", "-IW", help="Show only what is wrong, not what may be"),
    verbose: bool = Opt(False, "--verbose", "-V", help="Show every label"),
    no_format: bool = Opt(False, "--no-format", "-NF", help="No colours and marks"),
) -> None:
    """Look at the corpora of a config: sizes, labels, what does not align, and what is too rare to learn."""
    overrides = parse_config_overrides(ctx.args)
    import_code(code_path)
    errors = debug_data(
        config_path,
        config_overrides=overrides,
        ignore_warnings=ignore_warnings,
        verbose=verbose,
        no_format=no_format,
        silent=False,
    )
    if errors:
        raise typer.Exit(1)


def debug_data(
    config_path: Path,
    *,
    config_overrides: dict[str, Any] | None = None,
    ignore_warnings: bool = False,
    verbose: bool = False,
    no_format: bool = True,
    silent: bool = True,
) -> int:
    """Print facts about the corpora of a config and return the number of errors in them.

    config_overrides: dotted name -> value. ignore_warnings: show only errors. verbose: show every label. no_format: plain text.
    silent: print nothing.
    """
    from ..config import registry
    from ..config.defaults import load_config
    from ..config.dotted import resolve_dot_names
    from ..config.schemas import ConfigSchemaTraining
    from ..language.loading import load_model_from_config
    from ..training.corpus_facts import gather_facts

    show = Messages(silent, no_format)
    config = load_config(config_path, overrides=config_overrides or {})
    nlp = load_model_from_config(config, auto_fill=True)
    settings = nlp.config.interpolate()
    training = registry.resolve(settings["training"], schema=ConfigSchemaTraining)
    corpora = resolve_dot_names(settings, [training["train_corpus"], training["dev_corpus"]])
    train, dev = (
        gather_facts(progress(corpus(nlp), f"Reading the {name} corpus", silent=silent))
        for name, corpus in zip(("training", "development"), corpora)
    )
    report = _Report(show, ignore_warnings, verbose)
    report.sizes(train, dev)
    report.vocabulary(train, nlp)
    factories = [nlp.get_pipe_meta(name).factory for name in nlp.pipe_names]
    report.settings = {nlp.get_pipe_meta(name).factory: getattr(nlp.get_pipe(name), "cfg", {}) for name in nlp.pipe_names}
    for factory, check in CHECKS.items():
        if factory in factories:
            check(report, train, dev)
    for name in nlp.pipe_names:
        if nlp.get_pipe_meta(name).factory in SPAN_FACTORIES:
            _spans(report, train, dev, name, nlp.get_pipe_config(name))
        elif nlp.get_pipe_meta(name).factory == "entity_linker":
            report_links(report, train, dev, nlp, name, settings["initialize"])
    report.summary()
    return report.errors


class _Report:
    """Prints the sections of the report and counts what was found."""

    def __init__(self, show: Messages, ignore_warnings: bool, verbose: bool) -> None:
        self.show, self.ignore_warnings, self.verbose = show, ignore_warnings, verbose
        self.errors = self.warnings = self.passed = 0
        self.settings: dict[str, dict[str, Any]] = {}  # of the components, by their factory

    def good(self, text: str) -> None:
        """A check that passed."""
        self.passed += 1
        self.show.good(text)

    def warn(self, text: str) -> None:
        """Something that may be wrong."""
        if not self.ignore_warnings:
            self.warnings += 1
            self.show.warn(text)

    def fail(self, text: str) -> None:
        """Something that is wrong."""
        self.errors += 1
        self.show.fail(text)

    def sizes(self, train: "CorpusFacts", dev: "CorpusFacts") -> None:
        """Sizes of the corpora, their overlap, and how their tokens align."""
        self.show.divider("Corpora")
        rows = [
            (name, f"{f.n_docs:,}", f"{f.n_tokens:,}", f"{f.n_sentences:,}")
            for name, f in (("training", train), ("development", dev))
        ]
        self.show.table(rows, header=("", "Docs", "tokens", "sentences"), right=[1, 2, 3])
        for name, facts in (("training", train), ("development", dev)):
            if not facts.n_docs:
                self.fail(f"The {name} corpus is empty")
        if 0 < train.n_docs < FEW_DOCS:
            self.warn(f"Only {train.n_docs} Docs to train on")
        elif train.n_docs < MANY_DOCS:
            self.show.info(f"{train.n_docs} Docs to train on are few for a new model, enough to update a trained one")
        overlap = len(train.texts & dev.texts)
        if overlap:
            self.warn(f"{overlap} texts of the development corpus are in the training corpus too: scores will be too good")
        else:
            self.good("No text is in both corpora")
        for name, facts in (("training", train), ("development", dev)):
            text = facts.alignment.describe()
            if facts.alignment.tokens and facts.alignment.misaligned == facts.alignment.tokens:
                self.fail(f"No token of the {name} corpus is cut as the tokenizer cuts it")
            elif text:
                self.warn(f"{name}: {text}")

    def vocabulary(self, train: "CorpusFacts", nlp: Any) -> None:
        """Words and vectors."""
        self.show.divider("Vocabulary and vectors")
        self.show.info(f"{len(train.words):,} different words among {sum(train.words.values()):,}")
        if self.verbose:
            self.show.text("Most frequent: " + ", ".join(f"{word!r} ({n})" for word, n in train.words.most_common(10)))
        vectors = nlp.vocab.vectors
        if vectors.shape[1]:
            without = sum(n for word, n in train.words.items() if not nlp.vocab.has_vector(word))
            self.show.info(f"{vectors.shape[0]:,} vectors of width {vectors.shape[1]}; {without:,} words of the text have none")
        else:
            self.show.info("No word vectors")

    def labels(self, title: str, train: Counter[str], dev: Counter[str], missing: int = 0, few: int = FEW_EXAMPLES) -> None:
        """The labels of a component: how many, which are rare, which only one corpus has."""
        self.show.divider(title)
        if not train:
            self.fail("The training corpus has no such annotation")
            return
        self.show.info(f"{len(train)} labels")
        limit = None if self.verbose else 12
        shown = ", ".join(f"{label} ({n})" for label, n in train.most_common(limit))
        self.show.text(shown + (" …" if limit and len(train) > limit else ""))
        if missing:
            self.show.info(f"{missing:,} tokens without annotation (they are left out in training)")
        rare = sorted((label for label, n in train.items() if n < few), key=lambda label: train[label])
        if rare:
            self.warn(
                f"{len(rare)} labels occur fewer than {few} times: {', '.join(rare[:10])}{' …' if len(rare) > 10 else ''}"
            )
        else:
            self.good("Every label occurs often enough")
        unknown = sorted(set(dev) - set(train))
        if unknown:
            self.warn(f"Only in the development corpus, so never predicted: {', '.join(unknown[:10])}")
        unseen = sorted(set(train) - set(dev))
        if unseen:
            self.show.info(f"{len(unseen)} labels do not occur in the development corpus, so nothing measures them")

    def summary(self) -> None:
        """What all checks came to."""
        self.show.divider("Summary")
        for count, one, more, say in (
            (self.passed, "check passed", "checks passed", self.show.good),
            (self.warnings, "warning", "warnings", self.show.warn),
            (self.errors, "error", "errors", self.show.fail),
        ):
            if count:
                say(f"{count} {one if count == 1 else more}")


def _tagger(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.labels("Part-of-speech tags", train.tags, dev.tags, train.n_missing["tag"])


def _morphologizer(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.labels("Morphology", train.morphs, dev.morphs, train.n_missing["morph"])


def _lemmatizer(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.show.divider("Lemmas")
    if train.lemmas:
        report.show.info(f"{len(train.lemmas):,} different lemmas; {train.n_missing['lemma']:,} tokens without one")
    else:
        report.fail("The training corpus has no lemmas")


def _senter(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.show.divider("Sentences")
    if not train.n_sentences:
        report.fail("The training corpus has no sentence boundaries")
    elif train.n_sentences == train.n_docs:
        report.warn(
            "Every Doc is one sentence: nothing shows where a sentence ends. Put several into a Doc (convert --n-sents 10)"
        )
    else:
        report.good(f"{train.n_sentences / max(train.n_docs, 1):.1f} sentences in a Doc")


def _parser(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.labels("Dependencies", train.deps, dev.deps, train.n_missing["dep"])
    if train.n_sentences and train.n_sentences == train.n_docs:
        report.warn("Every Doc is one sentence: the parser will not learn to find sentences (convert --n-sents 10)")
    if len(train.roots) > 1:
        report.warn(f"Roots have several labels: {', '.join(f'{label} ({n})' for label, n in train.roots.most_common(5))}")
    settings = report.settings.get("parser") or report.settings.get("beam_parser") or {}
    least = settings.get("min_action_freq") or 0
    counts = train.deps + train.decorated_deps - Counter(train.roots)
    dropped = sorted(label for label, count in counts.items() if count < least)
    if dropped:
        several = f"{', '.join(dropped[:10])}{' …' if len(dropped) > 10 else ''}"
        report.warn(
            f"{len(dropped)} labels occur fewer than {least} times (min_action_freq) and are learned as `dep`: {several}"
        )
    if train.n_nonprojective:
        report.show.info(
            f"{train.n_nonprojective} Docs have crossing arcs: they are made projective for training and restored after it, "
            f"by {len(train.decorated_deps)} more labels for {sum(train.decorated_deps.values())} tokens"
        )
    for name, facts in (("training", train), ("development", dev)):
        if facts.n_cyclic:
            report.fail(f"{facts.n_cyclic} Docs of the {name} corpus have heads that go in a circle, which is no tree")


def _ner(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.labels("Entities", train.ents, dev.ents, train.n_missing["ent"])
    for name, facts in (("training", train), ("development", dev)):
        if facts.n_whitespace_ents:
            report.fail(
                f"{facts.n_whitespace_ents} entities of the {name} corpus begin or end with whitespace, "
                "which is never predicted"
            )
        if facts.n_crossing_ents:
            report.warn(f"{facts.n_crossing_ents} entities of the {name} corpus reach across the end of a sentence")
        if facts.n_misaligned_ents:
            report.warn(
                f"{facts.n_misaligned_ents} entities of the {name} corpus do not begin and end where the tokenizer cuts, "
                "so they cannot be learned or predicted"
            )
    if train.n_tokens and train.n_missing["ent"] == train.n_tokens:
        report.fail("No token of the training corpus says whether it is part of an entity")


def _textcat(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.labels("Categories", train.cats, dev.cats)
    if train.n_several_cats:
        report.fail(f"{train.n_several_cats} Docs have several categories, but `textcat` knows one: use textcat_multilabel")
    if train.n_no_cats:
        report.warn(f"{train.n_no_cats} Docs have categories but none that applies")
    _check_values(report, train)


def _textcat_multilabel(report: _Report, train: "CorpusFacts", dev: "CorpusFacts") -> None:
    report.labels("Categories", train.cats, dev.cats)
    if train.cats and not train.n_several_cats and not train.n_no_cats:
        report.warn("Every Doc has exactly one category: `textcat` may do better")
    _check_values(report, train)


def _check_values(report: _Report, train: "CorpusFacts") -> None:
    odd = [value for value in train.cat_values if value not in (0.0, 1.0)]
    if odd:
        report.warn(f"Categories should have the values 0 and 1; there are {', '.join(map(str, sorted(odd)[:5]))}")


def _spans(report: _Report, train: "CorpusFacts", dev: "CorpusFacts", name: str, settings: dict[str, Any]) -> None:
    """The spans a component learns from: whether they are there, their labels, and whether their lengths can be predicted."""
    key = settings["spans_key"]
    lengths = train.span_lengths.get(key, Counter())
    if not lengths:
        report.show.divider(f"Spans of `{name}`")
        groups = ", ".join(map(repr, train.spans)) or "no span groups"
        report.fail(f"`{name}` learns from spans under the key {key!r}; the training corpus has {groups}")
        return
    if "suggester" in settings:
        report.labels(f"Spans of `{name}` in {key!r}", train.spans[key], dev.spans.get(key, Counter()))
    else:
        report.show.divider(f"Spans of `{name}` in {key!r}")
    total = sum(lengths.values())
    shown = ", ".join(f"{length} ({n / total:.0%})" for length, n in sorted(lengths.items())[:10])
    report.show.info(f"{total:,} spans; their lengths in tokens: {shown}{' …' if len(lengths) > 10 else ''}")
    possible = _possible_lengths(settings, max(lengths))
    lost = sum(n for length, n in lengths.items() if possible is not None and length not in possible)
    if lost:
        report.warn(f"{lost:,} of them ({lost / total:.1%}) have lengths that `{name}` never predicts, as it is configured")
    elif possible is not None:
        report.good("Spans of all these lengths can be predicted")


def _possible_lengths(settings: dict[str, Any], longest: int) -> Collection[int] | None:
    """Lengths of the spans a component can find; None where its config does not say."""
    suggester = settings.get("suggester")
    if suggester is None:
        return range(settings["min_length"] or 1, (settings["max_length"] or longest) + 1)
    if "sizes" in suggester:
        return list(suggester["sizes"])
    if "min_size" in suggester:
        return range(suggester["min_size"], suggester["max_size"] + 1)
    return None


CHECKS = {
    "tagger": _tagger,
    "morphologizer": _morphologizer,
    "trainable_lemmatizer": _lemmatizer,
    "senter": _senter,
    "parser": _parser,
    "beam_parser": _parser,
    "ner": _ner,
    "beam_ner": _ner,
    "textcat": _textcat,
    "textcat_multilabel": _textcat_multilabel,
}
SPAN_FACTORIES = ("spancat", "spancat_singlelabel", "span_finder")
