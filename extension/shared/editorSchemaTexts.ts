// What the choices of a setting mean, examples, and the experiment that a new file starts with.

/** By setting: each choice in a sentence. Settings that take other values as well suggest these. */
export const choiceTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  method: {
    full: 'Full fine-tuning (FT): the weights named by `train` themselves are trained.',
    lora: 'A low-rank update `B A` beside each target, scaled by alpha / rank.',
    dora: 'LoRA for the direction of each weight, and its magnitude trained by itself.',
    qlora: 'LoRA beside a base in 4-bit NormalFloat, which takes a seventh of its memory.',
    qdora: 'DoRA beside a base in 4-bit NormalFloat.',
    vera: 'Two vectors a target, of random matrices that all targets share: few values to train.',
    adalora:
      'LoRA with singular values between A and B; modules that matter keep more rank than others.',
    dvora: "VeRA's update for the direction of each weight, and its magnitude trained by itself.",
  },
  train: {
    linears: 'The linear weights of every layer.',
    norms: 'The weights of every RMSNorm.',
    embeddings: 'The table of token embeddings.',
    head: 'The output head; the embeddings where they are tied.',
    biases: 'Every bias that the model has.',
  },
  'data.format': {
    instruction: '`instruction`, `input` (may be left out) and `output`, put into the template.',
    chat: '`messages`: a list of role and content, in the form of the model.',
    completion: '`prompt` and `completion`, as they stand.',
    text: '`text`, trained as it stands.',
  },
  'data.template': {
    paper: 'That of the DoRA paper and LLM-Adapters, white space and all.',
    alpaca: 'That of Stanford Alpaca.',
    chat: "The model's own chat template.",
    '### {instruction}\n{input}\n### {output}': 'Your own, with these places.',
  },
  'data.lossOn': {
    all: 'Every token of a record counts.',
    answer: 'The tokens of the answer alone count.',
  },
  'adapter.targets': {
    'all-linear': 'Every linear module of every layer.',
    q_proj: 'Queries of the attention.',
    k_proj: 'Keys of the attention.',
    v_proj: 'Values of the attention.',
    o_proj: 'Output of the attention.',
    gate_proj: 'Gate of the feed-forward part.',
    up_proj: 'Way up of the feed-forward part.',
    down_proj: 'Way down of the feed-forward part.',
  },
  'training.schedule': {
    linear: 'Falls to zero in a straight line.',
    cosine: 'Falls to zero along half a cosine.',
    constant: 'Stays.',
  },
  'evaluation.at': {
    end: 'Once, after the last step.',
    checkpoints: 'Whenever a checkpoint is saved.',
  },
  device: {
    auto: 'A GPU where one can be used, the processor otherwise.',
    cpu: 'The processor.',
    cuda: 'An NVIDIA GPU.',
  },
};

/** The first is shown. */
export const examplesOf: Readonly<Record<string, readonly unknown[]>> = {
  'data.train': [['data/train.json', 'data/more.jsonl']],
  'data.validation': [120, 'data/validation.json'],
  'data.columns': [{ instruction: 'question', output: 'answer' }],
  'data.maxLength': [256, 512, 1024],
  'adapter.rank': [8, 16, 32, 64],
  'adapter.alpha': [16, 32, 64],
  'adapter.rankPattern': [{ 'mlp.down_proj': 8 }],
  'adapter.layers': [[0, 1, 2]],
  'adapter.initialAdapter': ['adapters/earlier'],
  'training.batchSize': [4, 8, 16],
  'training.learningRate': [0.0002, 0.0001, 0.00005],
  'training.epochs': [3, 1],
  'training.steps': [500],
  'training.warmupSteps': [100],
  'training.warmupRatio': [0.03],
  'training.seed': [0, 1, 2],
  'evaluation.tasks': [['boolq', 'piqa']],
};

/** Places to fill in are numbered as snippets number them. */
export const newFileText = `{
  "name": "\${1:experiment}",

  // A Hugging Face model folder, relative to this file: config.json, *.safetensors, tokenizer.json.
  "model": "\${2:models/llama}",

  "data": {
    "train": ["\${3:data/train.json}"], // .json, .jsonl, .csv or .parquet
    "format": "\${4|instruction,chat,completion,text|}",
    "validation": 100, // so many records are split off; or a file
    "lossOn": "answer",
    "maxLength": 256
  },

  "method": "\${5|dora,lora,full|}",
  "adapter": { "rank": 16, "alpha": 32, "dropout": 0.05, "targets": "all-linear" },

  "training": {
    "batchSize": 16,
    "epochs": 3,
    "learningRate": 2e-4,
    "schedule": "linear",
    "warmupSteps": 100
  },

  // A folder of "data" for each task.
  "evaluation": { "tasks": [], "data": "data" },

  "checkpoints": { "every": 50, "keep": 3 },
  "diagnostics": { "every": 50 } // magnitude and direction change of each matrix

  // "grid": { "method": ["full", "lora", "dora"], "adapter.rank": [4, 16] }
}
$0`;

export const newGridText =
  '{\n\t"method": [${1:"full", "lora", "dora"}],\n\t"adapter.rank": [${2:8, 32}]\n}';
