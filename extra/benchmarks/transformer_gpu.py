"""Words/s of a transformer pipeline on a CUDA GPU: predicting and training, in float32 and half precision; the peak of memory.

    python extra/benchmarks/transformer_gpu.py [--model FOLDER] [--words 200000] [--device cpu]

Without --model an encoder of MiniLM's size (6 layers, 384 wide) is made with random weights: speed does not depend on them.
Texts are of 5 to 400 words, half of them frequent ones, always the same. Figures: the best of three passes after a first.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from transformer import listener, parser, tagger, transformer_settings

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example
from spacy_lite.util import set_gpu_allocator

WORDS = ["the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "as", "was", "with", "be", "by", "on", "not"]
SYLLABLES = ["ba", "co", "di", "fe", "gu", "ha", "jo", "ki", "lu", "mo", "ne", "pa", "ri", "so", "tu", "va"]


def make_words(count: int, seed: int = 0) -> list[str]:
    """Words of a text: frequent ones, and rare ones of several pieces."""
    chosen = random.Random(seed)
    rare = ["".join(chosen.choices(SYLLABLES, k=chosen.randint(2, 4))) for _ in range(2000)]
    return [chosen.choice(WORDS if chosen.random() < 0.5 else rare) for _ in range(count)]


def make_texts(words: list[str], seed: int = 0) -> list[list[str]]:
    """The words cut into texts."""
    chosen, found, start = random.Random(seed), [], 0
    while start < len(words):
        length = int(5 * 80 ** chosen.random())
        found.append(words[start : start + length])
        start += length
    return found


def make_model(folder: Path, words: list[str]) -> str:
    """A BERT of MiniLM's size with random weights, and a WordPiece tokenizer of the words."""
    import torch
    import transformers
    from transformer_accuracy import domain_tokenizer

    torch.manual_seed(0)
    tokenizer = domain_tokenizer([" ".join(words)])
    config = transformers.BertConfig(
        vocab_size=len(tokenizer), hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536
    )
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def pipeline(folder: str, examples_of, **settings):
    """A transformer, a tagger and a parser, initialized."""
    nlp = spacy_lite.blank("en")
    block = transformer_settings(folder, **{key: value for key, value in settings.items() if key != "mixed_precision"})
    block["model"]["mixed_precision"] = settings.get("mixed_precision", False)
    nlp.add_pipe("transformer", config=block)
    nlp.add_pipe("tagger", config=tagger(listener()))
    nlp.add_pipe("parser", config=parser(listener()))
    nlp.initialize(lambda: examples_of(nlp.vocab)[:50])
    return nlp


def gold(vocab, texts: list[list[str]]) -> list[Example]:
    """Examples with tags and chains of heads."""
    made = []
    for words in texts:
        heads = [max(0, position - 1) for position in range(len(words))]
        deps = ["ROOT", *["dep"] * (len(words) - 1)]
        doc = Doc(vocab, words=words, tags=["A" if len(word) < 4 else "B" for word in words], heads=heads, deps=deps)
        made.append(Example(Doc(vocab, words=words), doc))
    return made


def seconds_of(pass_over, synchronize) -> float:
    """Seconds of the best of three passes, after one that is not counted."""
    found = []
    for _ in range(4):
        synchronize()
        started = time.perf_counter()
        pass_over()
        synchronize()
        found.append(time.perf_counter() - started)
    return min(found[1:])


def predicting(folder: str, lines: list[str], examples_of, options: argparse.Namespace, synchronize) -> None:
    """Print the speed of the encoder alone and of the pipeline."""
    for precision in ("float32", "bfloat16", "float16") if options.device == "gpu" else ("float32",):
        settings = {"inference_dtype": precision, "max_batch_items": options.max_batch_items}
        nlp = pipeline(folder, examples_of, **settings)
        docs = [nlp.make_doc(line) for line in lines]
        count = sum(map(len, docs))
        shared = nlp.get_pipe("transformer")
        encoder = count / seconds_of(lambda shared=shared, docs=docs: shared.predict(docs), synchronize)
        whole = count / seconds_of(lambda nlp=nlp: [None for _ in nlp.pipe(lines, batch_size=256)], synchronize)
        print(f"predicting, {precision}: {encoder:.0f} words/s the encoder, {whole:.0f} words/s the pipeline", flush=True)


def training(folder: str, texts: list[list[str]], options: argparse.Namespace, synchronize) -> None:
    """Print the speed of updates."""
    for mixed in (False, True) if options.device == "gpu" else (False,):
        nlp = pipeline(folder, lambda vocab: gold(vocab, texts[:50]), mixed_precision=mixed)
        examples, optimizer = gold(nlp.vocab, texts), nlp.create_optimizer()

        def learn(nlp=nlp, examples=examples, optimizer=optimizer) -> None:
            for start in range(0, len(examples), 32):
                nlp.update(examples[start : start + 32], sgd=optimizer, drop=0.1)

        rate = sum(len(example.reference) for example in examples) / seconds_of(learn, synchronize)
        print(f"training, mixed precision {'on' if mixed else 'off'}: {rate:.0f} words/s", flush=True)


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--model", help="folder of the encoder")
    parse.add_argument("--words", type=int, default=200_000)
    parse.add_argument("--train-words", type=int, default=20_000)
    parse.add_argument("--device", choices=["gpu", "cpu"], default="gpu")
    parse.add_argument("--max-batch-items", type=int, default=65536, help="pieces a step")
    options = parse.parse_args()
    import torch

    if options.device == "gpu":
        spacy_lite.require_gpu()
        set_gpu_allocator("pytorch")
    synchronize = torch.cuda.synchronize if options.device == "gpu" else (lambda: None)
    words = make_words(options.words)
    texts = make_texts(words)
    with tempfile.TemporaryDirectory() as place:
        folder = options.model or make_model(Path(place), words)
        lines = [" ".join(text) for text in texts]
        predicting(folder, lines, lambda vocab: gold(vocab, texts[:50]), options, synchronize)
        training(folder, make_texts(words[: options.train_words], 1), options, synchronize)
    if options.device == "gpu":
        print(f"peak of GPU memory: {torch.cuda.max_memory_allocated() / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
