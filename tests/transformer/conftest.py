"""A tiny encoder with random weights and tokenizers trained here: no network, no downloads."""

import os
from pathlib import Path
from typing import Any

import numpy
import pytest
from thinc.api import require_gpu

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

torch: Any = None
transformers: Any = None
try:
    import torch
    import transformers
except ImportError:
    pass

ON_GPU = bool(os.environ.get("SPACY_LITE_TEST_GPU"))
if ON_GPU:
    require_gpu()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = [
    "The cat sat on the mat and looked at the unbelievable moon.",
    "Ships sail over the sea; they sail at night.",
    "She saw three ships, he saw a dog and two cats.",
    "Running runners ran quickly through unbelievably long tunnels.",
]


def pytest_collection_modifyitems(items):
    """Without torch and transformers the tests here are skipped, but for those of what must work without them."""
    if torch is not None and transformers is not None:
        return
    reason = "needs torch and transformers: pip install 'spacy_lite[transformers]', or run `make test-transformer`"
    for item in items:
        if Path(item.path).parent == Path(__file__).parent and item.path.name != "test_without_torch.py":
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=ON_GPU)
def arrays_from_the_gpu(monkeypatch):
    """On a GPU (extra/scripts/test_gpu.sh), what tests compare is fetched from there."""

    def fetched(value):
        return value.get() if hasattr(value, "get") and hasattr(value, "device") else value

    def fetching(function):
        return lambda *args, **kwargs: function(*map(fetched, args), **kwargs)

    for name in ("assert_allclose", "assert_array_equal", "assert_array_almost_equal"):
        monkeypatch.setattr(numpy.testing, name, fetching(getattr(numpy.testing, name)))
    plain = torch.Tensor.numpy
    monkeypatch.setattr(torch.Tensor, "numpy", lambda tensor, **options: plain(tensor.cpu(), **options))


def train_wordpiece(texts, size=90):
    """A WordPiece tokenizer, as BERT's."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIAL, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
    )


def train_byte_bpe(texts, size=320):
    """A tokenizer of bytes, as RoBERTa's: it can write every text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
    )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
        model_max_length=64,
    )


def make_bert(vocab_size, **settings):
    """A BERT with random weights, always the same."""
    torch.manual_seed(0)
    sizes = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
        "pad_token_id": 0,
    }
    return transformers.BertModel(transformers.BertConfig(vocab_size=vocab_size, **{**sizes, **settings}))


@pytest.fixture(scope="session")
def tiny_tokenizer():
    return train_wordpiece(TEXTS)


@pytest.fixture(scope="session")
def other_tokenizer():
    """A tokenizer of another vocabulary, which shares some tokens with `tiny_tokenizer`."""
    return train_wordpiece(["the moon and the sun saw ships of zinc", "quartz and zinc on the moon"], size=70)


@pytest.fixture(scope="session")
def byte_tokenizer():
    return train_byte_bpe(TEXTS)


@pytest.fixture
def tiny_bert(tiny_tokenizer):
    """(model, tokenizer) of a tiny BERT."""
    return make_bert(len(tiny_tokenizer)), tiny_tokenizer


def save(folder, model, tokenizer):
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def bert_folder(tmp_path_factory, tiny_tokenizer):
    """A folder with a pretrained model, as the hub's are."""
    return save(tmp_path_factory.mktemp("bert"), make_bert(len(tiny_tokenizer)), tiny_tokenizer)


@pytest.fixture(scope="session")
def byte_folder(tmp_path_factory, byte_tokenizer):
    """A RoBERTa, whose tokenizer writes every text."""
    torch.manual_seed(0)
    config = transformers.RobertaConfig(
        vocab_size=len(byte_tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=66,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    return save(tmp_path_factory.mktemp("roberta"), transformers.RobertaModel(config), byte_tokenizer)


def transformer_block(folder, window=12, stride=8, **settings):
    """The config of a transformer component."""
    return {
        "model": {
            "@architectures": "spacy-transformers.TransformerModel.v3",
            "name": folder,
            "get_spans": {"@span_getters": "spacy-transformers.strided_spans.v1", "window": window, "stride": stride},
            **settings,
        }
    }


def listener_block(grad_factor=1.0, pooling="reduce_mean.v1", upstream="*"):
    """The config of a listener."""
    return {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "grad_factor": grad_factor,
        "upstream": upstream,
        "pooling": {"@layers": pooling},
    }


def tagger_block(tok2vec):
    """The config of a tagger on `tok2vec`."""
    return {"model": {"@architectures": "spacy.Tagger.v2", "nO": None, "normalize": False, "tok2vec": tok2vec}}


TAGGED = [
    (["She", "saw", "three", "ships"], ["PRP", "VBD", "CD", "NNS"]),
    (["Ships", "sail", "at", "night", "."], ["NNS", "VBP", "IN", "NN", "."]),
    ([], []),
    (["He", "saw", "a", "dog", "\n", "."], ["PRP", "VBD", "DT", "NN", "_SP", "."]),
]


def make_examples(nlp):
    """A little gold data, an empty document and a token without pieces in it."""
    return [Example(Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words, tags=tags)) for words, tags in TAGGED]


def make_pipeline(folder, listeners=None, transformer=None, seed=0):
    """A transformer and taggers that listen to it; their output layers are random, so that gradients reach the transformer."""
    from thinc.api import fix_random_seed

    fix_random_seed(seed)
    nlp = spacy_lite.blank("en")
    nlp.add_pipe("transformer", config=transformer or transformer_block(folder))
    listeners = {"tagger": listener_block()} if listeners is None else listeners
    for name, block in listeners.items():
        nlp.add_pipe("tagger", name=name, config=tagger_block(block))
    nlp.initialize(lambda: make_examples(nlp))
    random = numpy.random.RandomState(1)
    for name in sorted(listeners):
        layer = nlp.get_pipe(name).model.get_ref("output_layer")
        layer.set_param("W", layer.ops.asarray2f(random.normal(size=layer.get_param("W").shape).astype("float32")))
    return nlp
