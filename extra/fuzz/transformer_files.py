"""Files of a transformer, where torch and transformers are installed: ours, and one that spaCy-transformers wrote."""

import importlib.util
import shutil
import zipfile
from pathlib import Path
from typing import Any

from target import TEXT, Target, look

import spacy_lite
from spacy_lite.language.saving import _naming as naming
from spacy_lite.tokens import Doc
from spacy_lite.training import Example
from spacy_lite.transformer.hf import load_tokenizer

__all__ = ["transformer_targets"]

WRITTEN_BY_SPACY = Path(__file__).resolve().parents[2] / "tests" / "transformer" / "spacy_transformers_1_4.zip"
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] Anna Berg won ' t pay $ 5 to www . x org in the cafe She la ##ugh ##ed at Bob s dog !"


def transformer_targets(folder: Path) -> list[Target]:
    """Every file of a transformer with an embedding table and two adapters, and its bytes; none without torch."""
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers", "tokenizers")):
        return []
    import torch

    torch.set_num_threads(1)  # cases are read in forks
    nlp = make_pipeline(pretrained(folder / "pretrained"))
    good = folder / "transformer_good"
    nlp.to_disk(good)
    packed = nlp.get_pipe("transformer").to_bytes()
    found = [Target("transformer bytes", packed, "msgpack", TransformerFile(good, folder, None))]
    for path in sorted(path for path in (good / "transformer").rglob("*") if path.is_file()):
        name = path.relative_to(good).as_posix()
        found.append(Target(name, path.read_bytes(), packing_of(path), TransformerFile(good, folder, name)))
    return [*found, spacy_target(folder)]


def pretrained(folder: Path) -> Path:
    """A tiny BERT with random weights, and a tokenizer of some words, as a folder of the hub."""
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = {word: i for i, word in enumerate(dict.fromkeys(WORDS.split()))}
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {f"{name.lower()}_token": f"[{name}]" for name in ("PAD", "UNK", "CLS", "SEP", "MASK")}
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = transformers.BertConfig(vocab_size=len(words), max_position_embeddings=32, **sizes)
    transformers.BertModel(config).save_pretrained(folder)
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=32, **special).save_pretrained(folder)
    return folder


def make_pipeline(base: Path) -> Any:
    """A transformer with all that can be added to one, and a tagger that listens to it."""
    nlp = spacy_lite.blank("xx")
    block = {"@architectures": "spacy-transformers.TransformerModel.v3", "name": str(base)}
    block["get_spans"] = {"@span_getters": "spacy-transformers.strided_spans.v1", "window": 12, "stride": 8}
    transformer = nlp.add_pipe("transformer", config={"model": block})
    pooling = {"@layers": "reduce_mean.v1"}
    listener = {"@architectures": "spacy-transformers.TransformerListener.v1", "grad_factor": 1.0, "pooling": pooling}
    nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}})
    doc = nlp.make_doc(TEXT)
    tagged = Doc(nlp.vocab, words=[token.text for token in doc], tags=[("A", "B")[token.i % 2] for token in doc])
    nlp.initialize(lambda: [Example(doc, tagged)])
    transformer.add_embeddings("own", load_tokenizer(base), reference_embedding="default", trainable_rows=[1, 2])
    transformer.add_adapter("bottle", {"method": "bottleneck"})
    transformer.add_adapter("low", {"method": "lora", "r": 2})
    transformer.train_adapter("low")
    return nlp


def packing_of(path: Path) -> str:
    """How a file is packed, by its name."""
    return {".json": "json", ".safetensors": "safetensors"}.get(path.suffix, "bytes")


class TransformerFile:
    """A pipeline that is complete but for the transformer, which is made anew for each case: it reads its folder with one file
    broken, or with `file` None its bytes, and annotates.
    """

    def __init__(self, good: Path, folder: Path, file: str | None) -> None:
        self.good, self.file = good, file
        self.folder = folder / "transformer_broken" / (file or "bytes").replace("/", "_")
        self.pipeline: Any = None

    def __call__(self, data: bytes) -> Any:
        """Read and annotate."""
        if self.pipeline is None:
            shutil.copytree(self.good, self.folder)
            self.pipeline = spacy_lite.load(self.folder)
        nlp = self.pipeline
        settings = dict(nlp.config["components"]["transformer"])
        component = nlp.create_pipe(settings.pop("factory"), name="transformer", config=settings, validate=False)
        nlp._components[0] = ("transformer", component)
        with naming(self.folder / "transformer"):
            if self.file is None:
                component.from_bytes(data)
            else:
                (self.folder / self.file).write_bytes(data)
                component.from_disk(self.folder / "transformer")
        nlp._link_components()
        return [look(nlp(TEXT)), look(nlp(""))]


def spacy_target(folder: Path) -> Target:
    """The model of a transformer that spaCy-transformers wrote."""
    with zipfile.ZipFile(WRITTEN_BY_SPACY) as archive:
        archive.extractall(folder / "of_spacy")
    good = folder / "of_spacy" / "shared"
    data = (good / "transformer" / "model").read_bytes()
    return Target("transformer/model", data, "msgpack", TransformerFile(good, folder, "transformer/model"))
