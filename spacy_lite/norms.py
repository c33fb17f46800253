"""Spellings every language normalises alike: variants of quotes, dashes, currencies and full-width punctuation."""

__all__ = ["BASE_NORMS"]

# Norm -> the spellings that stand for it, separated by spaces.
VARIANTS = {
    "'s": "'s 'S ’s ’S",
    "'": "’ ‘ ´ `",
    '"': "” “ '' `` ´´ „ » « ‘‘ ’’",
    "?": "？",
    "!": "！",
    ",": "，",
    ";": "；",
    ":": "：",
    ".": "。 ।",
    "...": "…",
    "-": "— – -- --- ——",
    "$": "€ £ ¥ ฿ US$ C$ A$ ₺ ₹ ৳ ₩ Mex$ ₣ E£",
}

#: Spelling -> norm.
BASE_NORMS: dict[str, str] = {spelling: norm for norm, spellings in VARIANTS.items() for spelling in spellings.split()}
