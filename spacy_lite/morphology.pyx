"""Morphological features in the Universal Dependencies FEATS format, `Case=Nom|Number=Sing`, in one normal spelling each."""
from .symbols import IDS as _SYMBOLS
from .symbols import PARTS_OF_SPEECH

#: Numbers of the coarse parts of speech.
POS_IDS = {"": 0, **{name: _SYMBOLS[name] for name in PARTS_OF_SPEECH}}

cdef enum:
    REMEMBERED = 1 << 14    # spellings whose normal form is kept at hand


cdef class Morphology:
    """Numbers sets of features: the id of a set is the id of its normal spelling in the string store.

    In the normal spelling fields are sorted, and so are the values of a field; no features at all is `_`.
    strings (StringStore): where the spellings are kept.
    """

    FEATURE_SEP = "|"
    FIELD_SEP = "="
    VALUE_SEP = ","
    EMPTY_MORPH = "_"

    def __init__(self, StringStore strings):
        self.strings = strings
        self._normal = {}

    cdef str normal_form(self, str feats):
        cdef str normal = self._normal.get(feats)
        if normal is None:
            if len(self._normal) >= REMEMBERED:
                self._normal.clear()
            normal = self.dict_to_feats(self.feats_to_dict(feats)) or self.EMPTY_MORPH
            self._normal[feats] = normal
        return normal

    cdef uint64_t intern_feats(self, str feats) except? 0:
        return self.strings.add(self.normal_form(feats), True)

    def add(self, features):
        """Add a set of features for good and return its id.

        features: a FEATS string, a dict from fields to values (several separated by commas), or the id of a FEATS string.
        Raises ValueError for a string that is not FEATS.
        """
        return self.strings.add(self.normalize_features(features))

    def intern(self, features):
        """The id of a set of features, which is kept as long as something needs it."""
        return self.strings.add(self.normalize_features(features), True)

    def normalize_features(self, features):
        """The normal FEATS string of a FEATS string, a dict from fields to values, or an id; `_` for no features, or None."""
        if features is None:
            return self.EMPTY_MORPH
        if isinstance(features, str):
            return self.normal_form(features)
        if isinstance(features, dict):
            return self.dict_to_feats(self.normalize_attrs(features)) or self.EMPTY_MORPH
        if hasattr(features, "__index__"):
            return self.normal_form(self.strings[features])
        raise TypeError(f"expected features as a FEATS string or a dict, got {type(features).__name__}: {features!r}")

    def normalize_attrs(self, attrs):
        """The dict with names instead of ids of strings, on either side."""
        return {self.strings.as_string(field): self.strings.as_string(values) for field, values in attrs.items()}

    def get(self, morph_key):
        """The FEATS string of an id, "" for one that is not known."""
        return self.strings[morph_key] if morph_key in self.strings else ""

    @staticmethod
    def feats_to_dict(feats, *, sort_values=True):
        """Dict from fields to values (several separated by commas) of a FEATS string."""
        if not feats or feats == Morphology.EMPTY_MORPH:
            return {}
        features = {}
        for feature in feats.split(Morphology.FEATURE_SEP):
            parts = feature.split(Morphology.FIELD_SEP)
            if len(parts) != 2:
                raise ValueError(f"expected features like `Case=Nom|Number=Sing,Plur`, got {feature!r} in {feats!r}")
            values = parts[1].split(Morphology.VALUE_SEP)
            features[parts[0]] = Morphology.VALUE_SEP.join(sorted(values) if sort_values else values)
        return features

    @staticmethod
    def dict_to_feats(feats_dict):
        """FEATS string of a dict from fields to values (several separated by commas), fields and values sorted."""
        return Morphology.FEATURE_SEP.join(
            f"{field}{Morphology.FIELD_SEP}{Morphology.VALUE_SEP.join(sorted(values.split(Morphology.VALUE_SEP)))}"
            for field, values in sorted(feats_dict.items())
        )

    def __reduce__(self):
        return unpickle_morphology, (self.strings, None)


def unpickle_morphology(strings, tags=None):
    """A Morphology on a string store: what a pickled one is made of."""
    return Morphology(strings)
