"""Which labels of scored spans count: by threshold, by number, the best one alone, without overlap. For a whole batch at once.

Everywhere `scores` is (S, L) float32 for the spans of all documents, one document's behind the other's; what is chosen comes as
two arrays, the spans' rows and the labels' columns, ordered by document.
"""

import numpy

__all__ = ["Places", "best_label_each", "good_labels", "without_overlap"]

Places = tuple[numpy.ndarray, numpy.ndarray]


def good_labels(scores: numpy.ndarray, threshold: float, most: int | None) -> Places:
    """Places of the labels that reach the threshold; of one span the `most` best, None for all."""
    keep = scores >= threshold
    if most is not None and most < scores.shape[1]:
        rows = numpy.flatnonzero(keep.sum(axis=1) > most)
        ranked = numpy.argsort(-scores[rows], axis=1, kind="stable")
        keep[rows[:, numpy.newaxis], ranked[:, most:]] = False
    rows, columns = numpy.nonzero(keep)
    return rows, columns


def best_label_each(scores: numpy.ndarray, n_labels: int, threshold: float | None) -> Places:
    """Places of each span's best label, without the spans whose best column is none of the first `n_labels`.

    threshold: the score it needs; None for any.
    """
    if not scores.size:
        return numpy.zeros(0, dtype="int64"), numpy.zeros(0, dtype="int64")
    best = scores.argmax(axis=1)
    keep = best < n_labels
    if threshold is not None:
        keep &= scores[numpy.arange(len(scores)), best] >= threshold
    rows = numpy.flatnonzero(keep)
    return rows, best[rows]


def without_overlap(bounds: numpy.ndarray, counts: numpy.ndarray, scores: numpy.ndarray, places: Places) -> Places:
    """Of chosen spans that share tokens the one with the best score; the best of a document first.

    bounds: start and end tokens (S, 2). counts: spans of each document (D,).
    """
    rows, columns = places
    if not len(rows):
        return places
    document = numpy.repeat(numpy.arange(len(counts)), counts)[rows]
    order = numpy.lexsort((-scores[rows, columns], document))
    # Documents side by side on one line of tokens.
    width = int(bounds[rows, 1].max())
    spans = (bounds[rows] + document[:, numpy.newaxis] * width)[order].tolist()
    taken = numpy.zeros((int(document.max()) + 1) * width, dtype=bool)
    kept = []
    for place, (start, end) in zip(order.tolist(), spans, strict=True):
        if not taken[start:end].any():
            taken[start:end] = True
            kept.append(place)
    return rows[kept], columns[kept]
