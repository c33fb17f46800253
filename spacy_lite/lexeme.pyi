from typing import Any

from thinc.types import Floats1d

from .vocab import Vocab

OOV_RANK: int

class Lexeme:
    def __init__(self, vocab: Vocab, orth: int) -> None: ...
    @property
    def vocab(self) -> Vocab: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __lt__(self, other: Any) -> bool: ...
    def __le__(self, other: Any) -> bool: ...
    def __gt__(self, other: Any) -> bool: ...
    def __ge__(self, other: Any) -> bool: ...
    def __hash__(self) -> int: ...
    def set_attrs(self, **attrs: Any) -> None: ...
    def set_flag(self, flag_id: int, value: bool) -> None: ...
    def check_flag(self, flag_id: int) -> bool: ...
    def similarity(self, other: Any) -> float: ...
    @property
    def has_vector(self) -> bool: ...
    vector: Floats1d
    @property
    def vector_norm(self) -> float: ...
    @property
    def orth(self) -> int: ...
    @property
    def orth_(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def is_oov(self) -> bool: ...
    rank: int
    flags: int
    prob: float
    cluster: int
    sentiment: float
    lang: int
    lang_: str
    lower: int
    lower_: str
    norm: int
    norm_: str
    shape: int
    shape_: str
    prefix: int
    prefix_: str
    suffix: int
    suffix_: str
    is_alpha: bool
    is_ascii: bool
    is_digit: bool
    is_lower: bool
    is_punct: bool
    is_space: bool
    is_title: bool
    is_upper: bool
    is_stop: bool
    is_bracket: bool
    is_quote: bool
    is_left_punct: bool
    is_right_punct: bool
    is_currency: bool
    like_url: bool
    like_num: bool
    like_email: bool
