"""How well predicted tokens agree with the reference."""
from collections.abc import Iterable
from typing import Any

__all__ = ["score_tokenization"]


def score_tokenization(examples: Iterable[Any]) -> dict[str, float | None]:
    """Compare the tokens of Examples, white space left out.

    token_acc: F of the predicted tokens that align with exactly one reference token. token_p, token_r, token_f: precision,
    recall and F of the tokens as stretches of the text. References without known spaces are skipped; all values are None where
    nothing is left.
    """
    aligned = total = correct = predicted = wanted = 0
    for example in examples:
        if example.reference.has_unknown_spaces:
            continue
        gold = _stretches(example.reference)
        found = _stretches(example.predicted)
        correct += len(gold & found)
        predicted += len(found)
        wanted += len(gold)
        lengths = example.alignment.x2y.lengths
        one_to_one = [lengths[token.i] == 1 for token in example.predicted if not token.orth_.isspace()]
        aligned += sum(one_to_one)
        total += len(one_to_one)
    if not total:
        return dict.fromkeys(("token_acc", "token_p", "token_r", "token_f"))
    precision = correct / predicted if predicted else 0.0
    recall = correct / wanted if wanted else 0.0
    return {
        "token_acc": 2 * aligned / (total + aligned),
        "token_p": precision,
        "token_r": recall,
        "token_f": 2 * correct / (predicted + wanted) if predicted + wanted else 0.0,
    }


def _stretches(doc: Any) -> set[tuple[int, int]]:
    return {(token.idx, token.idx + len(token)) for token in doc if not token.orth_.isspace()}
