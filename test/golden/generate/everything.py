"""Makes every golden value anew. Two runs on one machine write the same bytes."""

import adalora
import adapters
import also_trained
import beginnings
import config_fields
import dropout
import generation
import gguf_files
import likelihoods
import logits
import magnitude_only
import merging
import models
import optimizers
import own_tables
import principal
import quantised_folders
import quantization
import random_adapters
import rates
import sampling
import slopes
import through_norm
import training
import updates
import vera

if __name__ == "__main__":
    trained = (models, adapters, logits, training, beginnings, through_norm, magnitude_only, adalora, rates, optimizers)
    trained += (principal, also_trained, slopes)
    others = (generation, likelihoods, sampling, dropout, updates, vera)
    formats = (merging, quantization, quantised_folders, gguf_files, random_adapters, config_fields, own_tables)
    for part in (*trained, *others, *formats):
        part.main()
