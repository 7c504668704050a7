"""Makes every golden value anew. Two runs on one machine write the same bytes."""

import adapters
import dropout
import generation
import gguf_files
import likelihoods
import logits
import merging
import models
import quantised_folders
import quantization
import rates
import sampling
import slopes
import through_norm
import training
import updates

if __name__ == "__main__":
    trained = (models, adapters, logits, training, through_norm, rates, slopes)
    others = (generation, likelihoods, sampling, dropout, merging, quantization, quantised_folders, updates, gguf_files)
    for part in (*trained, *others):
        part.main()
