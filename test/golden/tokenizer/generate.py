"""Makes six small tokenizers of the kinds that LLaMA-family models have, and the ids that the reference gives.

    VENV/bin/python test/golden/tokenizer/generate.py          (tokenizers 0.23.3)
"""

import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
TRAINING = [
    "The quick brown fox jumps over the lazy dog, and the dog does not mind at all.",
    "She said that they'll come tomorrow; he's sure we've seen it, but I can't and won't.",
    "In 1889 the tower was 300 metres high, 12 more than in 1887, at 3.14159 a piece.",
    "def answer(question):\n    if question is None:\n        return 'the correct answer is true'\n",
    "Please answer the following question with true or false, question: is water wet?\n\nAnswer format: true/false",
    "naïve café, coöperate, Ångström, déjà vu, São Paulo, Zürich, Łódź, İstanbul",
    "Привет, мир! Это простой текст. Καλημέρα κόσμε. 日本語の文章です。中文字符。한국어",
    "    four spaces, then\ttabs\t\tand  double  spaces\r\n\r\nnew lines\n\n\nthree",
] * 3
TEXTS = [
    "", " ", "  ", "\n", " \n", "\n\n\n x", "\t\ta", "\r\n", "a\rb", "Hello world", "  both ends  ",
    "I'll can't WE'VE they'RE 's 'S 'tis", "12345 6 78 1,000.5 1st 2nd", "\u00b2\u00b3\u00b9 \u00bd \u2167 \u2460",
    "\u0663\u0664\u0665 \u096b\u096c \uff11\uff12", "naïve café e\u0301 A\u030a \ufb01 \u212b", "日本語、中文。한국어", "مرحبا ١٢٣",
    "Привет мир", "🙂👍🏽👩‍👩‍👧 🇩🇪", "\u00a0nbsp\u2003em\u200bzw\ufeffbom\u0085nel\u2028ls\u3000x", "\ufeff", "\x00\x01\x7f",
    "<s></s><unk>", "<|end|>", "a<|end|> b <|end|>", "<|start|>user\nhi<|end|>\n", "▁", "▁▁ a▁b", "a" * 40, "ab " * 20,
    " " * 17 + "x", "!?...---///\\\\", "x²+y³=z", "f(x) = {'a': [1, 2]}  # why\n\n", "word\u00adsoft … — “quoted”",
    "the correct answer is true", "\u0300start", "\U0010ffff\ue000\uffff", " \u00a0 \u00a0",
]
random.seed(1)
ALPHABET = "abc XYZ 012 .,'\n\t  éß日ñ🙂\u0661\u00b2\u00a0\u2028"
TEXTS += ["".join(random.choice(ALPHABET) for _ in range(random.randrange(2, 40))) for _ in range(40)]

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|end|>", "<|start|>"]


def trained(pre_tokenizer, normalizer=None, size=420):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def digits_and_bytes():
    parts = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    return trained(pre_tokenizers.Sequence(parts))


def pattern_and_bytes(normalizer=None):
    split = pre_tokenizers.Split(Regex(SPLIT), behavior="isolated")
    bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return trained(pre_tokenizers.Sequence([split, bytes_]), normalizer)


def with_start(tokenizer):
    template = processors.TemplateProcessing(single="<|start|> $A", special_tokens=[("<|start|>", 1)])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(), template])
    return tokenizer


def sentence_pieces():
    """As LLaMA 2: no pre-tokenizer, spaces as marks, bytes for unknown characters."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", behavior="merged_with_next")
    texts = [text for text in TRAINING if text.isascii() or "naïve" in text]
    trainer = trainers.BpeTrainer(vocab_size=260, special_tokens=[], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    made = json.loads(tokenizer.to_str())
    first = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    learnt = sorted(made["model"]["vocab"], key=made["model"]["vocab"].get)
    made["model"]["vocab"] = {token: i for i, token in enumerate(first + learnt)}
    made["model"].update(byte_fallback=True, fuse_unk=True)
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    made["added_tokens"] = [{"id": i, "content": token, **flags} for i, token in enumerate(first[:3])]
    made["pre_tokenizer"] = None
    tokenizer = Tokenizer.from_str(json.dumps(made))
    template = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.post_processor = template
    strip = decoders.Strip(content=" ", left=1)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), strip]
    )
    return tokenizer


def marks():
    """As Mistral: the same pieces, with a pre-tokenizer and a decoder that know the space mark."""
    tokenizer = sentence_pieces()
    tokenizer.normalizer = None
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    return tokenizer


def scored():
    """As a converted SentencePiece model: every cut of a piece into two pieces is a merge, the earlier piece's first."""
    tokenizer = json.loads(sentence_pieces().to_str())
    model = tokenizer["model"]
    made = list(dict.fromkeys("".join(pair) for pair in model["merges"]))
    cuts = [[(piece[:at], piece[at:]) for at in range(1, len(piece))] for piece in made]
    model["merges"] = [cut for row in cuts for cut in row if all(half in model["vocab"] for half in cut)]
    return Tokenizer.from_str(json.dumps(tokenizer))


def write(name, tokenizer):
    (HERE / f"{name}.tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        decoded = tokenizer.decode(plain, skip_special_tokens=False)
        cases.append({"text": text, "ids": ids, "decoded": decoded, "skipped": tokenizer.decode(ids)})
    # Ids alone, so that pieces of characters are decoded too.
    size = tokenizer.get_vocab_size()
    for _ in range(20):
        ids = [random.randrange(size) for _ in range(random.randrange(1, 9))]
        cases.append({"ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / f"{name}.vectors.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


write("digits", digits_and_bytes())
write("pattern", with_start(pattern_and_bytes()))
write("normalised", pattern_and_bytes(normalizers.NFC()))
write("pieces", sentence_pieces())
write("marks", marks())
write("scored", scored())
