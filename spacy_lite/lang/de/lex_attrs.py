"""Numbers of German: figures. Words are none to the pipelines in use, whose annotation is to stay the same."""

from ...attrs import LIKE_NUM
from ..numbers import like_number

__all__ = ["LEX_ATTRS", "like_num"]

like_num = like_number()
LEX_ATTRS = {LIKE_NUM: like_num}
