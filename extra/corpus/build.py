"""Write train.conllu and dev.conllu from source/*.txt: `python extra/corpus/build.py`. Deterministic, standard library only."""
import sys
from pathlib import Path

from morphology import analyse
from notation import NotationError, Token, parse_sentence

__all__ = ["build", "main"]

FOLDER = Path(__file__).resolve().parent
FORMS = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}
NO_SPACE_BEFORE = {",", ".", ";", ":", "?", "!", "...", "%", "'s", "'re", "'ve", "'ll", "'d", "'m", "n't", "''", "-RRB-"}
NO_SPACE_AFTER = {"``", "-LRB-", "$", "£", "€"}


def build(sources: list[Path]) -> dict[str, str]:
    """The text of both files, keyed `train` and `dev`. Raises NotationError naming file and line."""
    parts: dict[str, list[str]] = {"train": [], "dev": []}
    for path in sources:
        part, genre, document, count = "train", "", "", 0
        for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
            line = line.strip()
            if line.startswith("## "):
                document, genre, part = (field.strip() for field in line[3:].split("|"))
                count = 0
                parts[part].append(f"# newdoc id = {document}\n# genre = {genre}\n")
            elif line and not line.startswith("#"):
                count += 1
                try:
                    parts[part].append(sentence_lines(parse_sentence(line), f"{document}-{count:02d}") + "\n\n")
                except (NotationError, ValueError, KeyError) as error:
                    raise NotationError(f"{path.name}, line {number}: {error}\n    {line}") from error
    return {part: "".join(pieces) for part, pieces in parts.items()}


def sentence_lines(tokens: list[Token], name: str) -> str:
    """One sentence in CoNLL-U, without the blank line after it."""
    spaces = [has_space_after(token, following) for token, following in zip(tokens, [*tokens[1:], None])]
    text = "".join(surface(token) + " " * space for token, space in zip(tokens, spaces)).strip()
    lines = [f"# sent_id = {name}", f"# text = {text}"]
    for token, space, (upos, lemma, features) in zip(tokens, spaces, analyse(tokens)):
        feats = "|".join(f"{key}={value}" for key, value in sorted(features.items(), key=lambda item: item[0].lower())) or "_"
        misc = [] if token.entity == "O" else [f"NER={token.entity}"]
        if not space and token.index + 1 < len(tokens):
            misc.append("SpaceAfter=No")
        word = [token.index + 1, surface(token), lemma, upos, token.tag, feats]
        columns = [*word, token.head + 1, token.relation, "_", "|".join(misc) or "_"]
        lines.append("\t".join(map(str, columns)))
    return "\n".join(lines)


def surface(token: Token) -> str:
    return FORMS.get(token.form, token.form)


def has_space_after(token: Token, following: Token | None) -> bool:
    if following is None:
        return False
    if token.glued or token.form in NO_SPACE_AFTER or token.tag == "HYPH":
        return False
    if following.tag in ("HYPH", "POS") or following.form == "/" or token.form == "/":
        return False
    return following.form not in NO_SPACE_BEFORE


def main() -> int:
    try:
        texts = build(sorted((FOLDER / "source").glob("*.txt")))
    except NotationError as error:
        print(error, file=sys.stderr)
        return 1
    for part, text in texts.items():
        temporary = FOLDER / f".{part}.conllu.tmp"
        temporary.write_text(text, encoding="utf8")
        temporary.replace(FOLDER / f"{part}.conllu")
        tokens = sum(line[:1].isdigit() for line in text.splitlines())
        print(f"{part}.conllu: {text.count('# sent_id')} sentences, {tokens} tokens")
    return 0


if __name__ == "__main__":
    sys.exit(main())
